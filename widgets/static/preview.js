const tabs = [...document.querySelectorAll('[role=tab]')];
const helpdesk = document.getElementById('helpdesk');

function show(chosen) {
  for (const tab of tabs) {
    const on = tab === chosen;
    tab.setAttribute('aria-selected', String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(tab.getAttribute('aria-controls')).hidden = !on;
  }
}

for (const [place, tab] of tabs.entries()) {
  tab.addEventListener('click', () => show(tab));
  tab.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(place + step + tabs.length) % tabs.length];
    show(next);
    next.focus();
  });
}

document.getElementById('story').addEventListener('change', (event) => {
  const agent = new URL(helpdesk.src).searchParams.get('agent') ?? 'l1';
  helpdesk.src = `${helpdesk.dataset.base}/agent/tickets/${event.target.value}?agent=${agent}`;
});
