// Sliders beside numbers: each moves the other. Without this the number alone is typed.
for (const slider of document.querySelectorAll("[data-slider-for]")) {
  const number = document.getElementById(slider.dataset.sliderFor);
  if (!number) continue;
  slider.hidden = false;
  slider.addEventListener("input", () => { number.value = slider.value; });
  number.addEventListener("input", () => {
    if (number.value.trim() !== "" && Number.isFinite(Number(number.value))) slider.value = number.value;
  });
}
