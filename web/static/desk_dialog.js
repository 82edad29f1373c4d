// The small forms by which a call ends otherwise, in a dialog over the form; without this file they are pages of their own.

import { known } from "./desk_known.js";

const dialog = document.getElementById("d-dialog");

export const dialogs = {
  sent: false,

  start(form, token) {
    const show = (html, at) => {
      dialog.innerHTML = html;
      if (!dialog.open) dialog.showModal();
      dialog.dataset.address = at;
      const wrong = dialog.querySelector(".e-body :is(input, textarea, select)[aria-invalid=true]"); // the summary above is read out as it appears
      (wrong || dialog.querySelector("#e-summary") || dialog.querySelector(".e-body input, .e-body textarea, .e-body select"))?.focus();
    };
    const ask = async (address, body) => {
      body.set("piece", "1");
      return fetch(address, { method: "POST", body: new URLSearchParams(body), headers: { "X-CSRFToken": token(), Accept: "text/html" } });
    };
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (!button?.dataset.end || button.dataset.plain) {
        this.sent = true;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      const body = new FormData(form);
      if (button.name) body.set(button.name, button.value); // the entry of the knowledge base that was pressed
      ask(button.formAction, body).then(async (answer) => {
        const html = await answer.text();
        if (answer.ok && html.includes('id="end"')) return show(html, button.formAction);
        throw new Error("page");
      }).catch(() => { // something of the appeal is missing, or there is no connection: the page itself says so
        button.dataset.plain = "1";
        form.requestSubmit(button);
        delete button.dataset.plain;
      });
    }, true);
    known(dialog);
    let sending = false;
    dialog.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (event.submitter?.matches("[data-close]")) return dialog.close();
      if (sending) return;
      sending = true;
      const body = new FormData(event.target);
      body.set("go", "send");
      try {
        const answer = await ask(dialog.dataset.address, body);
        if (answer.headers.get("Content-Type")?.includes("json")) {
          this.sent = true;
          location.assign((await answer.json()).go);
          return;
        }
        const html = await answer.text();
        if (!html.includes('id="end"')) throw new Error(String(answer.status));
        show(html.slice(html.indexOf("<form")), dialog.dataset.address);
      } catch {
        event.target.querySelector(".e-head p").textContent = document.getElementById("d-saved").dataset.away;
      } finally {
        sending = false;
      }
    });
    dialog.addEventListener("change", async (event) => {
      const end = event.target.form;
      if (!end?.dataset.watch?.split(" ").includes(event.target.name)) return;
      const answer = await ask(end.dataset.endState, new FormData(end));
      if (!answer.ok) return;
      const had = event.target.id;
      end.querySelector(".e-body").innerHTML = await answer.text();
      document.getElementById(had)?.focus();
    });
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) dialog.querySelector("form").requestSubmit(dialog.querySelector("#e-send"));
      else if (event.key === "Enter" && event.target.matches("input:not([type=radio])")) event.preventDefault();
    });
  },
};
