// The look of a label follows what is typed: its name and its two colours.
const follow = (root) => {
  const find = (name) => root.querySelector(`[name="${name}"], [name$="-${name}"]`);
  const pill = root.querySelector("[data-pill]");
  if (!pill) return;
  const draw = () => {
    const [name, ground, ink] = ["name", "ground", "ink"].map((one) => find(one)?.value || "");
    pill.textContent = name || "—";
    pill.style.background = ground;
    pill.style.color = ink;
  };
  root.addEventListener("input", draw);
};
const rows = document.querySelectorAll("tr.form-row, tbody.template, [data-inline-formset] tr");
if (rows.length) rows.forEach(follow);
else document.querySelectorAll("form").forEach(follow);
