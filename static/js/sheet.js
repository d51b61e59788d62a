// The sheet for figures by hand: Enter and arrows walk down a column, a copied column is laid out
// over the cells, totals follow what is typed. Without it the form works as any other.
(function () {
  "use strict";

  const form = document.querySelector("form[data-sheet]");
  if (!form) return;
  const rows = [...form.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input.num")]);
  const totals = [...form.querySelectorAll("tfoot td[data-agg]")];
  const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });
  const english = document.documentElement.lang.startsWith("en");
  const before = rows.map((row) => row.map((input) => input.defaultValue));
  const shown = totals.map((cell) => cell.firstElementChild.textContent);
  let sent = false;

  function place(input) {
    for (let row = 0; row < rows.length; row += 1) {
      const column = rows[row].indexOf(input);
      if (column >= 0) return [row, column];
    }
    return null;
  }

  function focus(row, column) {
    const input = rows[row] && rows[row][column];
    if (!input) return false;
    input.focus();
    input.select();
    return true;
  }

  // NaN for what is no number; null for an empty cell.
  function read(text) {
    let plain = text.replace(/[\s\u00a0\u202f\u2009'’]/g, "").replace(/[−–]/g, "-");
    if (plain === "" || plain === "-" || plain === "—") return null;
    if (english && /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain)) plain = plain.replace(/,/g, "");
    return Number(plain.replace(",", "."));
  }

  function sumUp(column) {
    const output = totals[column].firstElementChild;
    // As the server wrote it, with its currency, while nothing has been changed.
    if (rows.every((row, n) => row[column].value === before[n][column])) {
      output.textContent = shown[column];
      return;
    }
    const values = rows.map((row) => read(row[column].value)).filter((value) => value !== null);
    const agg = totals[column].dataset.agg;
    if (!values.length || agg === "none" || values.some(Number.isNaN)) output.textContent = "—";
    else if (agg === "sum") output.textContent = format.format(values.reduce((a, b) => a + b, 0));
    else if (agg === "max") output.textContent = format.format(Math.max(...values));
    else output.textContent = format.format(values[values.length - 1]);
  }

  function changed(input) {
    const [row, column] = place(input);
    input.classList.toggle("is-changed", input.value !== before[row][column]);
    sumUp(column);
  }

  form.addEventListener("keydown", (event) => {
    const at = place(event.target);
    if (!at || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    if (!focus(at[0] + step, at[1]) && event.key === "Enter" && step > 0) focus(0, at[1] + 1);
  });

  form.addEventListener("focusin", (event) => {
    if (place(event.target)) event.target.select();
  });

  form.addEventListener("input", (event) => {
    if (place(event.target)) changed(event.target);
  });

  form.addEventListener("paste", (event) => {
    const at = place(event.target);
    const text = event.clipboardData && event.clipboardData.getData("text/plain");
    if (!at || !text || !/[\n\t]/.test(text.trim())) return;
    event.preventDefault();
    text.replace(/[\r\n]+$/, "").split(/\r?\n/).forEach((line, down) => {
      line.split("\t").forEach((cell, right) => {
        const input = rows[at[0] + down] && rows[at[0] + down][at[1] + right];
        if (!input) return;
        input.value = cell.trim();
        changed(input);
      });
    });
  });

  form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("beforeunload", (event) => {
    const dirty = rows.some((row, n) => row.some((input, m) => input.value !== before[n][m]));
    if (dirty && !sent) event.preventDefault();
  });
  rows.forEach((row) => row.forEach(changed));
})();
