/** Grounds on which an accent must be readable. */
export const CARD_COLOUR = { light: '#ffffff', dark: '#1b1e27' } as const;

/** The one style sheet of all pages, inline, so that a page needs nothing else from anywhere. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ground:#f4f5f8;--card:${CARD_COLOUR.light};--ink:#1b1f2a;--soft:#5a6274;--line:#dfe3ea;--accent:#2f5bd8;--accent-ink:#fff;--good:#1a7f4b;--bad:#b3261e;--bad-ground:#fdecea}
@media (prefers-color-scheme:dark){:root{--ground:#12141a;--card:${CARD_COLOUR.dark};--ink:#eceef4;--soft:#a3abbd;--line:#313645;--accent:#8fb0ff;--accent-ink:#0d1430;--good:#6fd3a0;--bad:#ffb4ab;--bad-ground:#3a1c1b}}
*,:before,:after{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;justify-content:center;padding:24px 16px;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{width:100%;max-width:660px;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:34px 40px 30px;box-shadow:0 8px 30px rgb(0 0 0/6%)}
.brand{display:flex;align-items:center;gap:10px;margin:0 0 26px;color:var(--soft);font-size:14px;font-weight:600}
.brand svg{width:22px;height:22px;color:var(--accent)}.brand img{display:block;max-height:40px;max-width:220px}
h1{font-size:27px;line-height:1.25;margin:0 0 10px;font-weight:650;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:14px;margin:26px 0 8px;color:var(--soft);font-weight:600}
p{margin:0 0 12px;overflow-wrap:anywhere}
ul{margin:0;padding-left:20px}li{margin:4px 0}
a{color:var(--accent);text-underline-offset:3px}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:6px}
.status{display:inline-block;margin:0 0 10px;padding:1px 10px;border-radius:99px;background:var(--bad-ground);color:var(--bad);font-size:13px;font-weight:600}
.actions{display:flex;flex-wrap:wrap;gap:10px;margin-top:24px}
.button{display:inline-block;padding:9px 18px;border-radius:8px;background:var(--accent);color:var(--accent-ink);text-decoration:none;font-weight:600;border:1px solid var(--accent)}
.button:is(button){font:inherit;font-weight:600;cursor:pointer}
.button.quiet{background:transparent;color:var(--accent);border-color:var(--line)}
.way{display:flex;list-style:none;padding:0;margin:26px 0 4px}
.way li{flex:1;margin:0;position:relative;padding:28px 10px 0 0;font-size:13px;line-height:1.4;color:var(--soft)}
.way li:before{content:"";position:absolute;top:0;left:0;width:18px;height:18px;border:2px solid var(--good);border-radius:50%;background:var(--good)}
.way li:after{content:"";position:absolute;top:8px;left:22px;right:4px;height:2px;background:var(--good)}
.way li:last-child:after{content:none}
.way li.failed{color:var(--bad)}.way li.failed:before{border-color:var(--bad);background:linear-gradient(45deg,transparent 44%,var(--card) 44% 56%,transparent 56%),linear-gradient(-45deg,transparent 44%,var(--card) 44% 56%,transparent 56%),var(--bad)}
.way li.failed:after,.way li.beyond:after{background:repeating-linear-gradient(90deg,var(--line) 0 5px,transparent 5px 9px)}
.way li.beyond:before{border-color:var(--line);background:none}
.way strong,.way span{display:block}.way strong{font-weight:600;color:var(--ink)}.way .failed strong{color:var(--bad)}.way .beyond strong{color:var(--soft)}
.help{margin:24px 0 0;padding:14px 16px;border:1px solid var(--line);border-radius:10px;font-size:14.5px}.help p{margin:0 0 6px}.help p:last-child{margin:0}.help a{display:inline-block;margin-right:18px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:26px 0 0;padding-top:18px;border-top:1px solid var(--line);font-size:13.5px;align-items:baseline}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
dd button{margin-left:8px;padding:1px 9px;border:1px solid var(--line);border-radius:6px;background:transparent;color:var(--accent);font:inherit;cursor:pointer}
code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;user-select:all}
@media (max-width:560px){main{padding:26px 20px}.way{flex-direction:column;gap:14px}.way li{padding:0 0 0 30px}.way li:after{content:none}dl{grid-template-columns:1fr;gap:2px}dd{margin-bottom:8px}}
@media (forced-colors:active){.way li:before{forced-color-adjust:none}}
@media print{body{background:none}main{box-shadow:none}.actions,dd button{display:none}}
`;
