// A click on a picture sets its focal point; the two numbers beside it do the same from the keyboard.
const mark = (picture) => {
  const row = picture.closest(".inline-related, fieldset, tbody");
  const box = (axis) => row?.querySelector(`[data-focus="${axis}"]`);
  const draw = () => {
    picture.style.setProperty("--x", `${box("x")?.value || 50}%`);
    picture.style.setProperty("--y", `${box("y")?.value || 50}%`);
    picture.style.objectPosition = "var(--x) var(--y)";
  };
  picture.addEventListener("click", (event) => {
    const area = picture.getBoundingClientRect();
    box("x").value = Math.round((100 * (event.clientX - area.left)) / area.width);
    box("y").value = Math.round((100 * (event.clientY - area.top)) / area.height);
    box("x").dispatchEvent(new Event("input", { bubbles: true }));
    draw();
  });
  row?.addEventListener("input", draw);
  draw();
};
document.querySelectorAll("[data-focus-picture]").forEach(mark);
