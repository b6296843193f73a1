"use strict";
// The whole page is rebuilt from `history`, which is kept in localStorage: a reload loses nothing.
const KEEP = 100;
const PHOTO_TYPES = ["image/jpeg", "image/png", "image/webp"];
const PHOTO_BYTES = 10 * 1024 * 1024;
const MAIL_EVERY = 60000; // milliseconds between two looks for mail while the page is visible
const STAFF_EVERY = 4000; // the same while a conversation with staff is open
const PHOTO_SIDE = 2000; // pixels: the codes on a whole page stay readable
const log = document.getElementById("log");
const typing = document.getElementById("typing");
const form = document.getElementById("composer");
const input = document.getElementById("text");
const camera = document.getElementById("camera");
const picker = document.getElementById("photo");

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
  keep();
  return entry;
}

function keep() { store.set("history", JSON.stringify(history)); }

function bubble(entry) {
  const element = document.createElement("div");
  element.className = "bubble" + (entry.mine ? " mine" : "");
  element.setAttribute("aria-label", entry.mine ? "Anh/chị" : entry.by || "Trợ lý");
  element.textContent = entry.text;
  if (entry.at) {
    const time = document.createElement("time");
    time.dateTime = entry.at;
    time.textContent = (entry.by || (entry.staffed ? "Trợ lý" : "Tin nhắc")) + ", " + when(entry.at);
    element.classList.add(entry.by ? "staff" : "letter");
    element.prepend(time);
  }
  log.append(element);
  return element;
}

const CLOCK = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Ho_Chi_Minh" });
const DAY = new Intl.DateTimeFormat("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "Asia/Ho_Chi_Minh" });
function when(at) {
  const moment = new Date(at);
  return CLOCK.format(moment) + " ngày " + DAY.format(moment);
}

function choices(buttons) {
  const row = document.createElement("div");
  row.className = "choices";
  for (const button of buttons) {
    if (button.contact) continue;
    if (button.location) {
      if (!navigator.geolocation || !window.isSecureContext) continue;
      const share = document.createElement("button");
      share.type = "button";
      share.textContent = button.title;
      share.addEventListener("click", sharePlace);
      row.append(share);
    } else if (button.url) {
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
  // What can be chosen stands under what offers it: the last answer, and each letter since the last question.
  const question = history.findLastIndex((entry) => entry.mine);
  const answer = history.findLastIndex((entry) => !entry.mine && !entry.letter);
  history.forEach((entry, number) => {
    bubble(entry);
    if (number > question && (entry.letter || number === answer)) choices(entry.buttons || []);
  });
  // A long answer is read from its beginning: the question goes to the top, not the end to the bottom.
  const asked = [...log.querySelectorAll(".mine, .letter, .staff")].pop();
  log.scrollTop = asked ? asked.offsetTop - log.offsetTop - 8 : log.scrollHeight;
}

function wait(on) {
  busy = on;
  typing.hidden = !on;
  camera.disabled = on;
}

function failed(body, why, mine) {
  const asked = session;
  const element = bubble({ text: why });
  element.classList.add("failed");
  const row = document.createElement("div");
  row.className = "choices";
  const retry = document.createElement("button");
  retry.type = "button";
  retry.textContent = "Gửi lại";
  const again = () => { window.removeEventListener("online", again); element.remove(); row.remove(); if (asked === session) post(body, mine); };
  retry.addEventListener("click", again);
  window.addEventListener("online", again, { once: true });
  row.append(retry);
  log.append(row);
  log.scrollTop = log.scrollHeight;
}

function call(body) {
  if (body.photo) {
    return fetch("/api/photo?session=" + session, {
      method: "POST",
      headers: { "Content-Type": body.photo.type },
      body: body.photo,
      signal: AbortSignal.timeout(60000),
    });
  }
  return fetch("/api/chat", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ session, ...body }),
    signal: AbortSignal.timeout(20000),
  });
}

// Named by the page, so that a message sent again after a lost answer is passed on to staff once.
function named(body) { return { ...body, id: newSession() }; }

// `mine` is the remembered entry of what was sent: the answer may ask to keep it masked.
async function post(body, mine) {
  if (busy) return;
  wait(true);
  const asked = session;
  try {
    const response = await call(body);
    const answer = await response.json();
    if (asked !== session) return;
    if (!response.ok) { wait(false); failed(body, answer.detail || "Không gửi được, xin thử lại.", mine); return; }
    store.drop("pending");
    if (mine && typeof answer.said === "string") { mine.text = answer.said; keep(); }
    for (const message of answer.messages) remember({ text: message.text, buttons: message.buttons });
    watch(answer.staffed === true);
    draw();
  } catch {
    if (asked === session) failed(body, "Không gửi được. Kiểm tra kết nối mạng rồi bấm “Gửi lại”.", mine);
  } finally {
    if (asked === session) wait(false);
  }
}

function send(body, shown) {
  if (busy) return;
  const mine = shown ? remember({ mine: true, text: shown }) : null;
  if (mine) draw();
  body = named(body);
  store.set("pending", JSON.stringify(body));
  post(body, mine).then(() => input.focus());
}

// A position is never kept: not in the history, and a reload does not send it again. About 100 m are precise enough.
async function sharePlace() {
  if (busy) return;
  wait(true);
  const asked = session;
  const options = { enableHighAccuracy: false, timeout: 15000, maximumAge: 300000 };
  try {
    const found = await new Promise((done, no) => navigator.geolocation.getCurrentPosition(done, no, options));
    if (asked !== session) return;
    wait(false);
    const mine = remember({ mine: true, text: "[Vị trí]" });
    draw();
    const location = [found.coords.latitude, found.coords.longitude].map((degrees) => Number(degrees.toFixed(3)));
    post({ location }, mine);
  } catch {
    if (asked !== session) return;
    wait(false);
    remember({ text: "Trình duyệt chưa cho biết vị trí. Anh/chị nhắn tên xã, phường đang ở, ví dụ “quầy ở phường Tuy Hòa”." });
    draw();
  }
}

// A picture is never kept: not in the history, and a reload does not send it again.
async function sendPhoto(file) {
  if (busy) return;
  const mine = remember({ mine: true, text: "[Ảnh]" });
  draw();
  wait(true);
  const asked = session;
  const photo = await shrunk(file);
  if (asked !== session) return;
  wait(false);
  if (photo.size > PHOTO_BYTES) {
    remember({ text: "Ảnh quá lớn, tối đa 10 MB. Anh/chị chụp lại ở cỡ nhỏ hơn hoặc nhập mã hồ sơ." });
    draw();
    return;
  }
  post({ photo }, mine);
}

async function shrunk(file) {
  try {
    const image = await createImageBitmap(file);
    const scale = PHOTO_SIDE / Math.max(image.width, image.height);
    if (scale >= 1 && file.size <= PHOTO_BYTES && PHOTO_TYPES.includes(file.type)) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * Math.min(scale, 1));
    canvas.height = Math.round(image.height * Math.min(scale, 1));
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff"; // what is transparent would turn black
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    return await new Promise((done) => canvas.toBlob((blob) => done(blob || file), "image/jpeg", 0.9));
  } catch {
    return file; // not readable here; the server says what it can read
  }
}

function pictureIn(transfer) {
  return transfer ? [...transfer.files].find((file) => file.type.startsWith("image/")) : undefined;
}

camera.addEventListener("click", () => picker.click());
picker.addEventListener("change", () => {
  const file = picker.files[0];
  if (file) sendPhoto(file);
  picker.value = ""; // the same picture may be chosen again, and none is held
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  const file = pictureIn(event.dataTransfer);
  if (file || event.dataTransfer.files.length) event.preventDefault(); // a dropped file must not replace the page
  if (file) sendPhoto(file);
});
document.addEventListener("paste", (event) => {
  if (event.clipboardData.getData("text/plain")) return; // office programs add a picture of the text
  const file = pictureIn(event.clipboardData);
  if (file) { event.preventDefault(); sendPhoto(file); }
});

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
  store.set("session", session); store.drop("history"); store.drop("pending"); store.drop("mail");
  input.value = ""; input.style.height = ""; picker.value = "";
  wait(false);
  watch(false);
  draw();
  send({ payload: "/start" });
});

// What was sent while nobody looked. It is kept before the next request says that it was taken: none is lost.
let fetching = false;
async function fetchMail() {
  if (fetching || busy || document.hidden) return;
  fetching = true;
  const asked = session;
  try {
    const after = Number(store.get("mail")) || 0;
    const response = await fetch("/api/mail", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ session, after }),
      signal: AbortSignal.timeout(20000),
    });
    if (!response.ok) return; // the next look asks again
    const { letters, staffed } = await response.json();
    if (asked !== session) return;
    showMail(letters);
    watch(staffed === true);
  } catch { // the network is away: the next look asks again
  } finally {
    fetching = false;
  }
}

function showMail(letters) {
  const fresh = letters.filter((letter) => !history.some((entry) => entry.letter === letter.id));
  for (const { id, at, text, buttons, by } of fresh) remember({ letter: id, at, text, buttons, by, staffed: watched });
  if (letters.length) store.set("mail", String(letters[letters.length - 1].id));
  if (fresh.length && !busy) draw();
}

// While a conversation with staff is open the page looks often; the last look after its end brings the goodbye.
let looking = setInterval(fetchMail, MAIL_EVERY);
let watched = false;
function watch(staffed) {
  if (staffed === watched) return;
  watched = staffed;
  clearInterval(looking);
  looking = setInterval(fetchMail, staffed ? STAFF_EVERY : MAIL_EVERY);
}

document.addEventListener("visibilitychange", fetchMail);
window.addEventListener("online", fetchMail);
// Another tab of the same conversation showed something: this one shows it too.
window.addEventListener("storage", (event) => {
  if (event.key !== "history" || !event.newValue || busy || store.get("session") !== session) return;
  try { history = JSON.parse(event.newValue); } catch { return; }
  draw();
});

// The QR code of a receipt opens /?hs=<code>; taken off the address so that a reload does not ask again.
function linkedCode() {
  const code = new URLSearchParams(location.search).get("hs");
  if (code === null) return null;
  window.history.replaceState(null, "", location.pathname);
  return /^[A-Za-z0-9._-]{5,58}$/.test(code) ? code : null; // a payload holds 64 letters
}

async function begin() {
  const linked = linkedCode();
  const pending = store.get("pending");
  draw();
  if (!history.length && !linked) { send({ payload: "/start" }); return; } // a new conversation has no mail
  if (history.length && pending) await post(JSON.parse(pending), [...history].reverse().find((entry) => entry.mine));
  if (linked) send({ payload: "start:" + linked }, linked);
  fetchMail();
}

begin();
