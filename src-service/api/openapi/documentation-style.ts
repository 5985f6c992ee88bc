/** The style of the documentation's page, light or dark as the system is. */
export const DOCUMENTATION_STYLE = `
:root{color-scheme:light dark;--ground:#f4f5f8;--card:#fff;--ink:#1b1f2a;--soft:#555d6f;--line:#dfe3ea;--accent:#2f5bd8;--get:#17663c;--change:#8a4b00;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--ground:#12141a;--card:#1b1e27;--ink:#eceef4;--soft:#a3abbd;--line:#313645;--accent:#8fb0ff;--get:#6fd3a0;--change:#ffc27a;--bad:#ffb4ab}}
*,:before,:after{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;display:grid;grid-template-columns:220px minmax(0,1fr)}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--card);padding:8px 12px;z-index:1}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:28px 20px;border-right:1px solid var(--line)}
nav ul{list-style:none;margin:0;padding:0}nav li{margin:2px 0}nav a{display:block;padding:4px 8px;text-decoration:none}
main{padding:28px 36px 80px;max-width:1080px}
h1{font-size:26px;line-height:1.25;margin:0 0 6px}h2{font-size:19px;margin:38px 0 4px}h3{font-size:13px;margin:18px 0 6px;color:var(--soft);font-weight:600}
p{margin:0 0 8px}.version,.id,.media{color:var(--soft);font-size:13px}
a{color:var(--accent);text-underline-offset:3px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:6px}
details{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:6px 0}
summary{padding:8px 14px;cursor:pointer;overflow-wrap:anywhere}
.what{color:var(--soft)}
.method{display:inline-block;min-width:58px;font:600 12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--change)}
.method.get{color:var(--get)}.method.delete{color:var(--bad)}
.operation{padding:2px 18px 14px;border-top:1px solid var(--line);overflow-x:auto}
code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
table{border-collapse:collapse;width:100%;font-size:14px}th,td{text-align:left;vertical-align:top;padding:4px 12px 4px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 16px;margin:0}dt{font-weight:600}dd{margin:0}dd p{margin:0}
.fields{margin:0;padding-left:18px}.fields li{margin:2px 0;overflow-wrap:anywhere}.type{color:var(--soft)}em{font-style:normal;color:var(--bad);font-size:12px}
@media (max-width:760px){body{display:block}nav{position:static;height:auto;border-right:0;border-bottom:1px solid var(--line)}main{padding:20px 16px 60px}}
@media print{nav,.skip{display:none}body{display:block}}
`;
