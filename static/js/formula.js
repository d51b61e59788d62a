/* Puts a word of the list into the formula where the cursor stands. */
(() => {
  "use strict";
  const field = document.getElementById("id_formula");
  if (!field) return;
  document.body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    const word = button.dataset.insert;
    const from = field.selectionStart ?? field.value.length;
    const to = field.selectionEnd ?? from;
    const gap = from > 0 && !/[\s(]$/.test(field.value.slice(0, from)) ? " " : "";
    field.setRangeText(gap + word, from, to, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
