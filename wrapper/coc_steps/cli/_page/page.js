(() => {
  "use strict";
  const list = document.querySelector(".steps");
  const steps = [...list.children];
  const chips = [...document.querySelectorAll(".chip input")];
  const search = document.querySelector("input[type=search]");
  const order = document.querySelector("select");
  const shown = document.querySelector("output");
  const texts = new Map();

  const textOf = (step) => {
    if (!texts.has(step)) texts.set(step, step.textContent.toLowerCase());
    return texts.get(step);
  };

  const filter = () => {
    const statuses = new Set(chips.filter((chip) => chip.checked).map((chip) => chip.value));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const step of steps) {
      const fits = (!statuses.size || statuses.has(step.dataset.status))
        && words.every((word) => textOf(step).includes(word));
      step.hidden = !fits;
      count += fits;
    }
    shown.value = `${count.toLocaleString("en")} of ${steps.length.toLocaleString("en")} shown`;
  };

  const keys = {
    list: (step) => Number(step.dataset.place),
    start: (step) => Number(step.dataset.start),
    duration: (step) => -Number(step.dataset.duration),
    failed: (step) => Number(!step.classList.contains("failed")),
  };
  const sort = () => {
    const key = keys[order.value];
    list.append(...steps.sort((one, other) => key(one) - key(other) || keys.list(one) - keys.list(other)));
  };

  const openAll = (open) => {
    for (const step of steps) if (!step.hidden) step.open = open;
  };

  const goToTarget = () => {
    const step = steps.find((each) => `#${each.id}` === location.hash);
    if (!step) return;
    if (step.hidden) {
      for (const chip of chips) chip.checked = false;
      search.value = "";
      filter();
    }
    step.open = true;
    step.scrollIntoView();
  };

  for (const chip of chips) chip.addEventListener("change", filter);
  search.addEventListener("input", filter);
  order.addEventListener("change", sort);
  document.querySelector("#open").addEventListener("click", () => openAll(true));
  document.querySelector("#close").addEventListener("click", () => openAll(false));
  addEventListener("hashchange", goToTarget);
  for (const control of document.querySelectorAll(".needs-script")) control.hidden = false;
  filter();
  goToTarget();
})();
