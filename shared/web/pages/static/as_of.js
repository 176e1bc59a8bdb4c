// The slider through a ranking's way: shown where scripts run, and the number beside it says where it stands.
"use strict";

const slide = document.getElementById("slide");
if (slide) {
  const number = document.getElementById("f-position");
  document.getElementById("slider").hidden = false;
  slide.addEventListener("input", () => { number.value = slide.value; });
  document.addEventListener("htmx:afterSwap", () => {
    const { category, position } = document.getElementById("stood").dataset;
    window.history.replaceState(null, "", `?category=${category}&position=${position}`);
  });
}
