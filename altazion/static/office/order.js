/* Ordering rows by hand: by dragging a handle, or with two buttons, each move said aloud.

   Any list of Office may use it. Two ways to ask for it:

   1. Rows of a form. Give the number field of the row the widget `altazion.lib.ordering.PositionInput`; it brings this
      script, its style and its words with it. The number is hidden, every row gets a handle and two buttons, and the
      numbers are written in the order of the rows; saving is the form's affair. Rows that the admin's "Add another"
      makes are put last. A number that is disabled (fed by an import) stays where it is. Without this script people
      type the number.

   2. A list that keeps its order at once. On the list:
        <ul data-order-url="{% url … %}" {% order_words %}>  ({% load office %})
          <li data-order-item="12" data-order-name="What it is called">… <span data-order-tools></span></li>
      After each move `item=12&item=7…` is posted there with the CSRF token of the page. Anything but a 2xx puts the row
      back and says the answer's text. The page must load office/order.js and office/order.css (the tag `order_media`),
      or the admin class must name them in its Media.

   After a move the list gets the event `order:moved` (detail: item, from, to). */
(() => {
  "use strict";
  const NUMBER = "input[data-order-position]";
  const words = new WeakMap();
  const voice = document.createElement("div");
  voice.className = "of-unseen";
  voice.setAttribute("role", "status");

  const say = (list, key, facts) => {
    let text = (words.get(list) || {})[key] || "";
    for (const [name, value] of Object.entries(facts || {})) text = text.replace(`{${name}}`, value);
    return text;
  };
  const announce = (text) => {
    voice.textContent = "";
    window.setTimeout(() => { voice.textContent = text; }, 60);
  };

  /* the rows of a list, in the order shown; the blank row from which the admin makes new ones is none of them */
  const rows = (list) => [...list.children].filter((row) => row.dataset.orderReady !== undefined);
  const blank = (row) => row.matches(".empty-form, .template") || row.querySelector(":scope > .empty-form") !== null;
  const number = (row) => row.querySelector(NUMBER);

  const nameOf = (row) => {
    if (row.dataset.orderName) return row.dataset.orderName;
    const chosen = row.querySelector("[data-order-name], .select2-selection__rendered, a");
    if (chosen) {
      const text = (chosen.dataset.orderName || chosen.textContent).trim();
      if (text) return text;
    }
    const typed = [...row.querySelectorAll("input[type=text], input[type=url], textarea")].find((one) => one.value.trim());
    return typed ? typed.value.trim().slice(0, 80) : String(rows(row.parentElement).indexOf(row) + 1);
  };

  /* numbers keep their values and change hands, so that page 2 of a long list stays behind page 1 */
  const renumber = (list) => {
    const inputs = rows(list).map(number).filter((one) => one && !one.disabled);
    const values = inputs.map((one) => Number.parseInt(one.value, 10) || 0).sort((a, b) => a - b);
    values.forEach((value, at) => { if (at && value <= values[at - 1]) values[at] = values[at - 1] + 1; });
    inputs.forEach((one, at) => {
      if (one.value === String(values[at])) return;
      one.value = values[at];
      one.dispatchEvent(new Event("input", { bubbles: true }));
      one.dispatchEvent(new Event("change", { bubbles: true }));
    });
  };

  const refresh = (list) => {
    const all = rows(list);
    all.forEach((row, at) => {
      row.querySelectorAll("[data-order-step]").forEach((button) => {
        const end = button.dataset.orderStep === "-1" ? at === 0 : at === all.length - 1;
        button.setAttribute("aria-disabled", String(end));
        button.setAttribute("aria-label", say(list, button.dataset.orderStep === "-1" ? "up" : "down", { name: nameOf(row) }));
      });
    });
  };

  const place = (list, row, at) => {
    const others = rows(list).filter((one) => one !== row);
    if (at < others.length) list.insertBefore(row, others[at]);
    else if (others.length) others[others.length - 1].after(row);
  };

  const keep = async (list, row, from) => {
    const to = rows(list).indexOf(row);
    if (from === to) return;
    renumber(list);
    refresh(list);
    const url = list.dataset.orderUrl;
    if (url) {
      const body = new URLSearchParams(rows(list).map((one) => ["item", one.dataset.orderItem]));
      const token = document.querySelector("[name=csrfmiddlewaretoken]");
      let answer = null;
      try {
        answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token ? token.value : "" } });
      } catch { /* the network is away: told below */ }
      if (!answer || !answer.ok) {
        place(list, row, from);
        refresh(list);
        const told = answer && (answer.headers.get("Content-Type") || "").startsWith("text/plain") ? await answer.text() : "";
        announce(told || say(list, "failed"));
        return;
      }
    }
    announce(say(list, "moved", { name: nameOf(row), place: to + 1, count: rows(list).length }));
    list.dispatchEvent(new CustomEvent("order:moved", { bubbles: true, detail: { item: row, from, to } }));
  };

  const step = (list, row, by, button) => {
    const from = rows(list).indexOf(row);
    const to = from + by;
    if (to < 0 || to >= rows(list).length) return;
    place(list, row, to);
    button.focus();
    row.classList.add("of-order-moved");
    window.setTimeout(() => row.classList.remove("of-order-moved"), 600);
    keep(list, row, from);
  };

  const tool = (list, row, by, icon) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "of-order-step";
    button.dataset.orderStep = String(by);
    button.innerHTML = `<span class="material-symbols-outlined" aria-hidden="true">${icon}</span>`;
    button.addEventListener("click", () => step(list, row, by, button));
    return button;
  };

  const grip = (list, row) => {
    const handle = document.createElement("span");
    handle.className = "of-order-grip material-symbols-outlined";
    handle.textContent = "drag_indicator";
    handle.title = say(list, "drag");
    handle.setAttribute("aria-hidden", "true"); /* the buttons beside it do the same for everybody */
    handle.draggable = true;
    handle.addEventListener("dragstart", (event) => {
      list.dataset.orderFrom = String(rows(list).indexOf(row));
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
      event.dataTransfer.setDragImage(row, 12, 12);
      row.classList.add("of-order-dragged");
    });
    handle.addEventListener("dragend", () => {
      row.classList.remove("of-order-dragged");
      const from = Number(list.dataset.orderFrom);
      delete list.dataset.orderFrom;
      keep(list, row, from);
    });
    return handle;
  };

  const over = (list, event) => {
    if (list.dataset.orderFrom === undefined) return;
    event.preventDefault();
    const dragged = list.querySelector(":scope > .of-order-dragged");
    const target = rows(list).find((row) => row !== dragged && row.contains(event.target));
    if (!dragged || !target) return;
    const box = target.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) target.before(dragged);
    else target.after(dragged);
  };

  const prepare = (list, row) => {
    if (row.dataset.orderReady !== undefined || blank(row)) return;
    row.dataset.orderReady = "";
    if (list.dataset.orderList === undefined) {
      list.dataset.orderList = "";
      list.addEventListener("dragover", (event) => over(list, event));
      list.addEventListener("drop", (event) => event.preventDefault());
    }
    const input = number(row);
    if (input && input.disabled) return;
    const tools = row.querySelector("[data-order-tools]") || document.createElement("span");
    tools.classList.add("of-order-tools");
    tools.append(grip(list, row), tool(list, row, -1, "arrow_upward"), tool(list, row, 1, "arrow_downward"));
    if (input) {
      input.type = "hidden";
      input.before(tools);
    } else if (!tools.isConnected) row.append(tools);
  };

  /* the row of a number is its outermost element that holds no other number */
  const rowOf = (input) => {
    let row = input.closest(".empty-form") ? null : input;
    while (row && row.parentElement && row.parentElement.querySelectorAll(NUMBER).length < 2) {
      row = row.parentElement.matches("table, ol, ul, fieldset, form, body") ? null : row.parentElement;
    }
    return row;
  };

  const forms = (root) => {
    const lists = new Set();
    root.querySelectorAll(NUMBER).forEach((input) => {
      const row = rowOf(input);
      if (!row || !row.parentElement || row === input) return;
      const list = row.parentElement;
      if (!words.has(list)) words.set(list, JSON.parse(input.dataset.orderWords || "{}"));
      prepare(list, row);
      lists.add(list);
    });
    lists.forEach(refresh);
  };

  const lists = (root) => root.querySelectorAll("[data-order-url]").forEach((list) => {
    words.set(list, JSON.parse(list.dataset.orderWords || "{}"));
    [...list.children].forEach((row) => { if (row.dataset.orderItem) prepare(list, row); });
    refresh(list);
  });

  const begin = (root) => { forms(root); lists(root); };

  document.addEventListener("DOMContentLoaded", () => { document.body.append(voice); begin(document); });
  document.addEventListener("htmx:load", (event) => begin(event.target));
  document.addEventListener("formset:added", (event) => {
    const input = event.target.querySelector(NUMBER);
    if (!input) return;
    forms(document);
    const row = rowOf(input);
    if (!row || !row.parentElement) return;
    const others = rows(row.parentElement).filter((one) => one !== row).map((one) => Number.parseInt(number(one).value, 10) || 0);
    input.value = others.length ? Math.max(...others) + 1 : 0;
  });
})();
