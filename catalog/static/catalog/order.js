// Rows of a list put in order by dragging; the form's own buttons do the same without a mouse.
document.querySelectorAll("form[data-order]").forEach((form) => {
  let dragged = null;
  form.querySelectorAll("tr[data-product]").forEach((row) => {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      if (event.target.closest("input, button")) return event.preventDefault();
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      row.classList.add("alz-dragged");
    });
    row.addEventListener("dragend", () => row.classList.remove("alz-dragged"));
    row.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      row.classList.add("alz-target");
    });
    row.addEventListener("dragleave", () => row.classList.remove("alz-target"));
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!dragged || dragged === row) return;
      const move = document.createElement("input");
      move.type = "hidden";
      move.name = "move";
      move.value = `${dragged.dataset.product}:${row.dataset.place}`;
      form.append(move);
      form.submit();
    });
  });
});
