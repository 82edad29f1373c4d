// The survey without a network: what was chosen stays on the page and is sent at the next try. Without this script the browser's own form does it all.
const form = document.getElementById("survey");
const unsent = document.getElementById("unsent");

form.addEventListener("submit", async function (event) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  unsent.hidden = true;
  try {
    const answer = await fetch(location.href, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin" });
    if (answer.redirected) {
      location.replace(answer.url);
    } else {
      form.submit(); // the server has something to say: its own page says it
    }
  } catch {
    unsent.hidden = false;
    unsent.scrollIntoView({ block: "center" });
    button.disabled = false;
  }
});
