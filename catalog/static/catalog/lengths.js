// Says how long a text for search engines is, beside the length that they show.
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-good-length]").forEach((input) => {
  const good = Number(input.dataset.goodLength);
  const meter = document.createElement("small");
  meter.className = "alz-length";
  meter.setAttribute("aria-live", "polite");
  const say = () => {
    const length = input.value.length;
    meter.textContent = `${length} / ${good}`;
    meter.classList.toggle("is-long", length > good);
  };
  input.addEventListener("input", say);
  input.after(meter);
  say();
}));
