"use strict";
// What is typed into the edit form outlives a session that ended or a page that was left: this tab remembers it
// until it was saved, and offers it again.
const form = document.querySelector("form.record");
const saved = new URLSearchParams(location.search).has("da_luu");
const path = location.pathname.replace(/\/(sua|nhap)$/, "");
const key = `nhap:${path}`;
if (saved) {
  sessionStorage.removeItem(key);
  history.replaceState(null, "", location.pathname + location.hash);
}
function typed() {
  return [...new FormData(form)].filter(([name, value]) => name !== "csrf" && typeof value === "string");
}
function again(fields) {
  for (const [name, value] of [...fields, ["deed", "show"], ["csrf", form.elements.csrf.value]]) {
    const input = document.createElement("input");
    [input.type, input.name, input.value] = ["hidden", name, value];
    rescue.append(input);
  }
  rescue.submit();
}
const rescue = document.createElement("form");
if (form) {
  [rescue.method, rescue.action] = ["post", form.getAttribute("action")];
  document.body.append(rescue);
  const offer = document.querySelector("#unsaved");
  const kept = sessionStorage.getItem(key);
  if (kept && form.dataset.fresh && kept !== JSON.stringify(typed())) {
    offer.hidden = false;
    offer.querySelector("[data-restore]").addEventListener("click", () => again(JSON.parse(kept)));
    offer.querySelector("[data-forget]").addEventListener("click", () => {
      sessionStorage.removeItem(key);
      offer.hidden = true;
    });
  }
  const keep = () => sessionStorage.setItem(key, JSON.stringify(typed()));
  form.addEventListener("input", keep);
  if (!form.dataset.fresh) keep();  // rows were added or taken away
}
