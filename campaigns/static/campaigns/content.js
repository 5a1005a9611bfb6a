/* The page beside its blocks is loaded again when their order changed. */
document.addEventListener("order:moved", () => {
  const frame = document.querySelector(".lp-frame");
  if (frame) frame.contentWindow.location.reload();
});
