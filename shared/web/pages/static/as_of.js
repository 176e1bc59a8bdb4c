// The slider through a ranking's way: the number beside it says where it stands, and so does the address.
"use strict";

const slide = document.getElementById("slide");
if (slide) {
  const number = document.getElementById("f-position");
  slide.addEventListener("input", () => { number.value = slide.value; });
  document.addEventListener("htmx:afterSwap", () => {
    const { category, position } = document.getElementById("stood").dataset;
    window.history.replaceState(null, "", `?category=${category}&position=${position}`);
  });
}
