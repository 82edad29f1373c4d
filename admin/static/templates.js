// The preview follows the typing; words are put where the cursor stands.
const text = document.getElementById('text');
const ticket = document.getElementById('ticket');
const body = document.getElementById('body');
const refused = document.getElementById('refused');
const length = document.getElementById('length');
const token = document.querySelector('meta[name="csrf-token"]').content;
let waiting = 0;
let asked = 0;

async function look() {
  const mine = ++asked;
  const answer = await fetch('/admin/templates/preview', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
    body: JSON.stringify({ path: text.dataset.path, text: text.value, ticket: ticket.value }),
  });
  if (mine !== asked || !answer.ok) return;
  const shown = await answer.json();
  refused.hidden = !shown.refused;
  refused.textContent = shown.refused;
  if (shown.refused) return; // the last good words stay in sight
  body.textContent = shown.body;
  const words = length.dataset.form === 'sms' ? length.dataset.length : length.dataset.spoken;
  length.textContent = words.replace(/\{(\w+)\}/g, (_, name) => shown[name]);
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(look, 250);
}

text.addEventListener('input', soon);
ticket.addEventListener('input', soon);
for (const word of document.querySelectorAll('.mt-word')) {
  word.addEventListener('click', () => {
    text.setRangeText(`{{ ${word.dataset.word} }}`, text.selectionStart, text.selectionEnd, 'end');
    text.focus();
    soon();
  });
}
