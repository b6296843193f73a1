"use strict";
// The whole page is rebuilt from `history`, which is kept in localStorage: a reload loses nothing.
const KEEP = 100;
const log = document.getElementById("log");
const typing = document.getElementById("typing");
const form = document.getElementById("composer");
const input = document.getElementById("text");

const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* private mode: the page still works */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
};

function newSession() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

let session = store.get("session") || newSession();
let history = [];
try { history = JSON.parse(store.get("history") || "[]"); } catch { history = []; }
store.set("session", session);
let busy = false;

function remember(entry) {
  history.push(entry);
  history = history.slice(-KEEP);
  store.set("history", JSON.stringify(history));
}

function bubble(entry) {
  const element = document.createElement("div");
  element.className = "bubble" + (entry.mine ? " mine" : "");
  element.setAttribute("aria-label", entry.mine ? "Anh/chị" : "Trợ lý");
  element.textContent = entry.text;
  log.append(element);
  return element;
}

function choices(buttons) {
  const row = document.createElement("div");
  row.className = "choices";
  for (const button of buttons) {
    if (button.url) {
      if (!button.url.startsWith("https://")) continue;
      const link = document.createElement("a");
      link.href = button.url; link.target = "_blank"; link.rel = "noopener noreferrer";
      link.textContent = button.title;
      row.append(link);
    } else {
      const press = document.createElement("button");
      press.type = "button";
      press.textContent = button.title;
      press.addEventListener("click", () => send({ payload: button.payload }, button.title));
      row.append(press);
    }
  }
  if (row.childElementCount) log.append(row);
}

function draw() {
  log.replaceChildren();
  let last = [];
  for (const entry of history) {
    bubble(entry);
    last = entry.mine ? [] : (entry.buttons || []);
  }
  if (last.length) choices(last);
  // A long answer is read from its beginning: the question goes to the top, not the end to the bottom.
  const asked = [...log.querySelectorAll(".mine")].pop();
  log.scrollTop = asked ? asked.offsetTop - log.offsetTop - 8 : log.scrollHeight;
}

function wait(on) {
  busy = on;
  typing.hidden = !on;
}

function failed(body, why) {
  const element = bubble({ text: why });
  element.classList.add("failed");
  const row = document.createElement("div");
  row.className = "choices";
  const retry = document.createElement("button");
  retry.type = "button";
  retry.textContent = "Gửi lại";
  const again = () => { window.removeEventListener("online", again); element.remove(); row.remove(); post(body); };
  retry.addEventListener("click", again);
  window.addEventListener("online", again, { once: true });
  row.append(retry);
  log.append(row);
  log.scrollTop = log.scrollHeight;
}

async function post(body) {
  if (busy) return;
  wait(true);
  const asked = session;
  try {
    const response = await fetch("/api/chat", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ session, ...body }),
      signal: AbortSignal.timeout(20000),
    });
    const answer = await response.json();
    if (asked !== session) return;
    if (!response.ok) { wait(false); failed(body, answer.detail || "Không gửi được, xin thử lại."); return; }
    store.drop("pending");
    for (const message of answer.messages) remember({ text: message.text, buttons: message.buttons });
    draw();
  } catch {
    if (asked === session) failed(body, "Không gửi được. Kiểm tra kết nối mạng rồi bấm “Gửi lại”.");
  } finally {
    wait(false);
  }
}

function send(body, shown) {
  if (busy) return;
  if (shown) { remember({ mine: true, text: shown }); draw(); }
  store.set("pending", JSON.stringify(body));
  post(body).then(() => input.focus());
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text || busy) return;
  input.value = "";
  input.style.height = "";
  send({ text }, text);
});
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
});
input.addEventListener("input", () => { input.style.height = ""; input.style.height = input.scrollHeight + "px"; });
document.getElementById("restart").addEventListener("click", () => {
  session = newSession();
  history = [];
  store.set("session", session); store.drop("history"); store.drop("pending");
  wait(false);
  draw();
  send({ payload: "/start" });
});

draw();
const pending = store.get("pending");
if (!history.length) send({ payload: "/start" });
else if (pending) post(JSON.parse(pending));
