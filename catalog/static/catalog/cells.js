// Typing in the product list works without this; with it Enter saves a line at once, Esc takes typing back.
document.addEventListener("DOMContentLoaded", () => {
  const bar = document.getElementById("cells");
  const form = document.getElementById("changelist-form");
  if (!bar || !form) return;
  const said = bar.querySelector("output");
  const cells = () => [...form.querySelectorAll("input.of-cell")];
  const mark = (cell) => cell.classList.toggle("is-changed", cell.value !== cell.dataset.now);
  const clear = (cell) => {
    cell.removeAttribute("aria-invalid");
    cell.removeAttribute("aria-describedby");
    document.getElementById(`${cell.name}-wrong`)?.remove();
  };
  let leaving = false;
  cells().forEach(mark);
  form.addEventListener("input", (event) => {
    if (!event.target.matches(".of-cell")) return;
    event.target.classList.remove("is-saved");
    mark(event.target);
  });
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && form.querySelector(".of-cell.is-changed")) event.preventDefault();
  });

  const beside = (cell, step) => {
    const column = cells().filter((one) => one.classList.contains(cell.classList[1]));
    return column[column.indexOf(cell) + step];
  };
  const goTo = (cell) => { if (cell) { cell.focus(); cell.select(); } };

  async function save(row) {
    const inputs = [...row.querySelectorAll("input.of-cell")];
    if (!inputs.some((cell) => cell.classList.contains("is-changed"))) return;
    const body = new FormData();
    body.set("_save", "cells");
    body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    row.querySelectorAll("input[name=line], input[name$='-was'], input.of-cell").forEach((one) => body.append(one.name, one.value));
    let answer;
    try {
      const response = await fetch(window.location.href, { method: "POST", body, headers: { Accept: "application/json" } });
      answer = (await response.json()).lines[0];
    } catch {
      said.textContent = bar.dataset.failed;
      return;
    }
    inputs.forEach(clear);
    for (const [name, sentence] of Object.entries(answer.wrong || {})) {
      const cell = inputs.find((one) => one.name === name) || inputs[0];
      const words = document.createElement("span");
      words.className = "of-cell-wrong";
      words.id = `${cell.name}-wrong`;
      words.textContent = sentence;
      cell.after(words);
      cell.setAttribute("aria-invalid", "true");
      cell.setAttribute("aria-describedby", words.id);
      said.textContent = sentence;
    }
    row.querySelector("input[name$='-was']").value = answer.was;
    if (answer.wrong) { goTo(inputs.find((one) => one.hasAttribute("aria-invalid"))); return; }
    inputs.forEach((cell) => {
      const changed = cell.classList.contains("is-changed");
      cell.value = cell.dataset.now = answer.cells[cell.name];
      cell.classList.remove("is-changed");
      cell.classList.toggle("is-saved", changed);
    });
    said.textContent = bar.dataset.saved;
  }

  form.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.matches(".of-cell") || event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      const next = beside(cell, event.shiftKey ? -1 : 1);
      save(cell.closest("tr")).then(() => { if (document.activeElement === cell && !cell.hasAttribute("aria-invalid")) goTo(next); });
    } else if (event.key === "Escape") {
      cell.value = cell.dataset.now;
      clear(cell);
      mark(cell);
      cell.select();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      goTo(beside(cell, event.key === "ArrowUp" ? -1 : 1));
    }
  });
  goTo(form.querySelector(".of-cell[aria-invalid]"));
});
