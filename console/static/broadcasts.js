"use strict";
// Long lists of choices: looked through by letters without accents, with the number chosen beside their heading.
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
for (const search of document.querySelectorAll("[data-filter]")) {
  search.closest("label").hidden = false;
  const list = document.querySelector(`[data-list="${search.dataset.filter}"]`);
  search.addEventListener("input", (event) => {
    event.stopPropagation(); // what is looked for is no part of the notice
    const wanted = plain(search.value);
    for (const label of list.querySelectorAll("label")) label.hidden = !plain(label.textContent).includes(wanted);
  });
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
for (const said of document.querySelectorAll("[data-chosen]")) {
  const list = document.querySelector(`[data-list="${said.dataset.chosen}"]`);
  list.addEventListener("change", () => {
    const chosen = list.querySelectorAll("input:checked").length;
    said.textContent = chosen ? `(đã chọn ${chosen})` : "(tất cả)";
  });
}
