// Small behaviour of every page. Nothing here is needed for reading or for the main form of a page.
(function () {
  "use strict";

  const body = document.body;
  const toasts = document.getElementById("toasts");

  // --- toasts ---------------------------------------------------------------------------------
  const STAY_MS = 6000;

  function armToast(toast) {
    if (toast.dataset.armed) return;
    toast.dataset.armed = "1";
    const close = toast.querySelector("[data-toast-close]");
    if (close) close.addEventListener("click", () => toast.remove());
    // A refusal stays until it is read; news and confirmations go by themselves.
    if (!toast.matches(".toast-danger, .toast-warning")) {
      let timer = window.setTimeout(() => toast.remove(), STAY_MS);
      const hold = () => window.clearTimeout(timer);
      toast.addEventListener("mouseenter", hold);
      toast.addEventListener("focusin", hold);
      toast.addEventListener("mouseleave", () => {
        timer = window.setTimeout(() => toast.remove(), STAY_MS / 2);
      });
    }
  }

  function armToasts() {
    if (toasts) toasts.querySelectorAll(".toast-item").forEach(armToast);
  }

  function say(templateId) {
    const template = document.getElementById(templateId);
    if (!template || !toasts) return;
    toasts.appendChild(template.content.cloneNode(true));
    armToasts();
  }

  if (toasts) new MutationObserver(armToasts).observe(toasts, { childList: true });
  armToasts();

  // --- htmx -----------------------------------------------------------------------------------
  body.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr;
    if (answer.status >= 400 && answer.status !== 422 && !answer.getResponseHeader("HX-Retarget")) {
      // A whole error page must not land inside a row.
      event.detail.shouldSwap = false;
      say(answer.status === 403 ? "say-refused" : "say-failed");
    }
  });
  body.addEventListener("htmx:sendError", () => say("say-offline"));
  body.addEventListener("htmx:timeout", () => say("say-offline"));

  // --- theme switch ---------------------------------------------------------------------------
  body.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button && button.dataset.theme) window.modusTheme(button.dataset.theme);
  });

  // --- printing -------------------------------------------------------------------------------
  body.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // --- asking once more where there is no undo -------------------------------------------------
  body.addEventListener("submit", (event) => {
    const text = (event.submitter && event.submitter.dataset.confirm) || event.target.dataset.confirm;
    if (text && !window.confirm(text)) event.preventDefault();
  });

  // A second press of the same button sends nothing twice.
  body.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post], [data-hx-post]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    window.setTimeout(() => delete form.dataset.sent, 3000);
  });

  // --- rows that lead somewhere ---------------------------------------------------------------
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, select, label, summary, form")) return;
    if (window.getSelection().toString()) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else window.location.assign(row.dataset.href);
  });

  // --- keyboard -------------------------------------------------------------------------------
  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  function movable() {
    const rows = [...document.querySelectorAll("[data-row], tr[data-href]")];
    return rows.map((row) => row.querySelector(".row-link, a, button") || row).filter((el) => el.offsetParent);
  }

  function move(step) {
    const places = movable();
    if (!places.length) return;
    const row = document.activeElement.closest && document.activeElement.closest("[data-row], tr[data-href]");
    const now = row ? places.findIndex((place) => row.contains(place)) : -1;
    const next = now < 0 ? (step > 0 ? 0 : places.length - 1) : now + step;
    const place = places[Math.max(0, Math.min(places.length - 1, next))];
    place.focus();
    place.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") focusSearch(event);
      return;
    }
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const letter = event.code;
    // By place as well as by sign: "/" is elsewhere in the Russian layout.
    const slash = letter === "Slash";
    if (event.key === "/" || (slash && !event.shiftKey)) focusSearch(event);
    else if (letter === "KeyJ") move(1);
    else if (letter === "KeyK") move(-1);
    else if (event.key === "?" || (slash && event.shiftKey)) {
      const help = document.querySelector("[data-help-keys]");
      if (help) window.location.assign(help.dataset.helpKeys);
    } else {
      // Buttons and links of a page or of the row in focus may name their own key.
      const row = document.activeElement.closest && document.activeElement.closest("[data-row], tr[data-href]");
      const selector = `[data-key="${letter.replace("Key", "").toLowerCase()}"]`;
      const target = (row && row.querySelector(selector)) || document.querySelector(`${selector}[data-key-page]`);
      if (target) {
        event.preventDefault();
        if (typing(target)) target.focus();
        else target.click();
      }
    }
  });

  function focusSearch(event) {
    const boxes = [...document.querySelectorAll("[data-search-box]")].filter((box) => box.offsetParent);
    if (!boxes.length) return;
    event.preventDefault();
    boxes[0].focus();
    boxes[0].select();
  }

  // --- suggestions under the search box: arrows walk, Escape closes ----------------------------
  const suggest = document.getElementById("search-suggest");
  if (suggest) {
    const holder = suggest.closest(".search");
    document.addEventListener("click", (event) => {
      if (!holder.contains(event.target)) suggest.replaceChildren();
    });
    holder.addEventListener("keydown", (event) => {
      if (event.key === "Escape") suggest.replaceChildren();
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      const places = [holder.querySelector("input"), ...suggest.querySelectorAll("a")];
      const now = places.indexOf(document.activeElement);
      const next = places[now + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    });
  }

  // --- copying --------------------------------------------------------------------------------
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    navigator.clipboard.writeText(button.dataset.copy);
  });

  // --- one-click filling of a log-in form (demo) ------------------------------------------------
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill-login]");
    if (!button) return;
    const form = document.querySelector("form[data-login]");
    form.querySelector("[name=login]").value = button.dataset.fillLogin;
    form.querySelector("[name=password]").value = button.dataset.fillPassword;
    form.querySelector("[type=submit]").focus();
  });
})();
