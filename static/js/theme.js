// Runs before the first paint: "auto" follows the device, and scripts are known to work.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    var choice = root.getAttribute("data-theme-choice") || "auto";
    var wanted = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    root.setAttribute("data-bs-theme", wanted);
  }
  apply();
  dark.addEventListener("change", apply);
  window.modusTheme = function (choice) {
    root.setAttribute("data-theme-choice", choice);
    apply();
  };
})();
