"use strict";
// What every page shares: a form sends once, and what htmx could not do is said.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.hasAttribute("hx-post") || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-busy", "true");
});
// A page taken out of the browser's memory may send its forms again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});
function say(text) {
  const place = document.querySelector(".flashes");
  if (!place) return;
  const said = document.createElement("p");
  said.className = "flash error";
  said.textContent = text;
  place.replaceChildren(said);
}
document.addEventListener("htmx:sendError", () => say("Mất kết nối với máy chủ. Những gì đang nhập vẫn còn trên trang; xin thử lại."));
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 503) say("Hệ thống đang bận. Xin thử lại sau ít phút.");
  else if (status === 403) say("Trang đã cũ hoặc không có quyền. Xin tải lại trang.");
  else say("Chưa làm được. Xin thử lại hoặc tải lại trang.");
});
// Forms that htmx shows again with what is wrong in them answer 422: show those too.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422 && event.detail.xhr.getResponseHeader("X-Form")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
