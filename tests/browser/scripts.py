"""What a walker asks of a page in the page's own language."""

# The browser's own `hadRecentInput` is also true when a phone's screen has just been set up, so input is looked at here.
WATCH = """
window.__makmal = {violations: [], shifts: []};
document.addEventListener('securitypolicyviolation', e =>
  window.__makmal.violations.push(`${e.effectiveDirective}: ${e.blockedURI} ${e.sample}`));
let input = -Infinity;
for (const kind of ['pointerdown', 'keydown', 'input']) addEventListener(kind, e => { input = e.timeStamp; }, true);
window.__makmal.moving = new PerformanceObserver(list => { for (const e of list.getEntries())
  if (e.startTime - input > 500) window.__makmal.shifts.push([e.value,
    e.sources.map(s => `${Math.round(e.startTime)} ms: ${['previousRect', 'currentRect'].map(r =>
      [s[r].x, s[r].y, s[r].width, s[r].height].map(Math.round)).join(' -> ')} ` +
      (s.node && s.node.outerHTML ? s.node.outerHTML.slice(0, 120) : String(s.node && s.node.nodeName))).join(' | ')]);
});
window.__makmal.moving.observe({type: 'layout-shift', buffered: true});
"""
AFTER_A_PICTURE = """many => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
  window.__makmal.moving.takeRecords(); window.__makmal.shifts.length = many; done(); })))"""
"""Forgets what moved while a picture was taken: Chromium lays the page out in other sizes for it."""
INLINE = """() => [...document.querySelectorAll('*')].flatMap(el => [
  ...(el.tagName === 'SCRIPT' && !el.src && !(el.type || '').includes('json') ? ['inline script: ' + el.textContent.slice(0, 80)] : []),
  ...(el.tagName === 'STYLE' ? ['style element: ' + el.textContent.slice(0, 80)] : []),
  ...[...el.attributes].filter(a => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value))
      .map(a => `${a.name}="${a.value.slice(0, 80)}" of <${el.tagName.toLowerCase()}>`),
])"""
AXE = """contrast => axe.run({resultTypes: ['violations'], preload: false, rules: {'color-contrast': {enabled: contrast}}})"""
REACHABLE = """() => { const groups = new Set(); let n = 0;
  for (const el of document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')) {
    if (el.matches(':disabled') || el.type === 'hidden') continue;
    if (!el.checkVisibility({visibilityProperty: true}) || el.closest('[inert]')) continue;
    if (el.type === 'radio') { const g = `${el.form && el.form.action}/${el.name}`; if (groups.has(g)) continue; groups.add(g); }
    el.__wanted = ++n; } return n; }"""
FOCUSED = """el => { if (!el || el === document.body) return null;
  const s = getComputedStyle(el);
  const seen = (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
  let wanted = el.__wanted || 0;
  if (!wanted && el.type === 'radio') for (const other of document.getElementsByName(el.name)) wanted = wanted || other.__wanted || 0;
  return {wanted, seen, what: el.outerHTML.slice(0, 120)}; }"""
FOLLOW = f"""() => {{ const focused = {FOCUSED}; window.__makmal.way = [];
  document.addEventListener('focusin', e => window.__makmal.way.push(focused(e.target)));
  document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); }}"""
MISSED = """reached => [...document.querySelectorAll('*')].filter(el => el.__wanted && !reached.includes(el.__wanted))
  .map(el => el.outerHTML.slice(0, 120))"""
