"use strict";
// A reply being written is kept on this machine until the server has it: by the name of its form, which the page lists
// once the reply is among the lines. A refresh or a session that ended loses nothing, and nothing is sent twice.
const form = document.querySelector("form[data-draft]");
const box = document.querySelector(".talk");
const lines = () => document.getElementById("dong");
const near = () => box.scrollHeight - box.scrollTop - box.clientHeight < 80;
const store = {
  get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* the page works without */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
};
if (box) box.scrollTop = box.scrollHeight;

if (form) {
  const text = form.elements.text;
  const key = form.elements.key;
  const name = "tra-loi-" + form.dataset.draft;
  const kept = store.get(name);
  const known = lines().dataset.keys.split(" ");
  if (kept && known.includes(kept.key)) store.drop(name);
  else if (kept && !text.value) { text.value = kept.text; key.value = kept.key; }
  text.addEventListener("input", () => store.set(name, { text: text.value, key: key.value }));
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
  document.addEventListener("click", (event) => {
    const source = event.target.closest("a[data-fill]");
    if (!source) return;
    event.preventDefault();
    text.value = text.value.trim() ? text.value.trimEnd() + "\n" + source.dataset.fill : source.dataset.fill;
    text.dispatchEvent(new Event("input"));
    source.closest("details")?.removeAttribute("open");
    text.focus();
  });
}

// Whoever reads further up stays there when new lines come; whoever is at the end sees them.
let atEnd = true;
document.addEventListener("htmx:beforeSwap", () => { atEnd = box ? near() : false; });
document.addEventListener("htmx:afterSwap", () => { if (box && atEnd) box.scrollTop = box.scrollHeight; });
