// The list of what is wrong leads to each field, also to those in another tab or a folded part.
document.addEventListener("DOMContentLoaded", () => {
  const list = document.getElementById("form-errors");
  if (!list) return;
  list.focus();
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-tab]");
    if (!link) return;
    event.preventDefault();
    const tab = document.querySelector(`a[href="#${CSS.escape(link.dataset.tab || "general")}"]:not([data-tab])`);
    if (tab) tab.click();
    setTimeout(() => {
      const field = document.getElementById(link.hash.slice(1));
      if (!field || field.matches("a")) return;
      for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
      const shown = field.offsetParent === null ? field.closest(".form-row, td, div") || field : field;
      shown.scrollIntoView({ block: "center" });
      field.focus({ preventScroll: true });
    }, 60);
  });
});
