import { TONES } from './application-tone.ts';

const tones = TONES.map((colour, index) => `.tone${index}{background:${colour}}`).join('');

/** The style of "My apps", beside that of all pages. */
export const MY_APPS_STYLE = `
[hidden]{display:none!important}
body{justify-content:flex-start}
main{max-width:1120px;padding:26px 32px 34px}
.account{float:right;position:relative;margin:-9px -8px 0 16px;max-width:60%}
.account summary{display:flex;align-items:center;gap:9px;padding:4px 10px 4px 5px;border:1px solid transparent;border-radius:99px;cursor:pointer;list-style:none;font-size:14.5px;font-weight:600}
.account summary::-webkit-details-marker{display:none}
.account summary:hover,.account[open] summary{border-color:var(--line);background:var(--ground)}
.account summary:after{content:"";flex:none;width:7px;height:7px;margin:-3px 3px 0 1px;border:solid var(--soft);border-width:0 2px 2px 0;transform:rotate(45deg)}
.account .who{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.account .panel{position:absolute;z-index:1;right:0;top:calc(100% + 8px);width:280px;max-width:calc(100vw - 56px);padding:16px 18px;background:var(--card);border:1px solid var(--line);border-radius:12px;box-shadow:0 10px 34px rgb(0 0 0/18%)}
.panel p{margin:0;font-size:14px;color:var(--soft)}.panel p strong{display:block;font-size:15.5px;color:var(--ink)}
.panel .button{display:block;width:100%;box-sizing:border-box;margin-top:12px;text-align:center}
.panel label{display:flex;gap:9px;align-items:center;margin-top:14px;padding-top:12px;border-top:1px solid var(--line);font-size:14px;color:var(--soft)}
kbd{font:12.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;padding:1px 6px;border:1px solid var(--line);border-radius:5px;background:var(--ground)}
.bar{display:flex;flex-wrap:wrap;gap:12px 24px;align-items:center;justify-content:space-between;clear:both}
.bar h1{margin:0}
.bar form{display:flex;gap:8px;flex:0 1 380px;min-width:0}
.bar input{flex:1;min-width:0;padding:9px 14px;border:1px solid var(--soft);border-radius:8px;background:var(--ground);color:inherit;font:inherit}
.bar input::placeholder{color:var(--soft);opacity:1}
.bar input:focus-visible{outline-offset:0}
.bar button{cursor:pointer;font:inherit;font-weight:600}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.count{margin:14px 0 0;font-size:14px;color:var(--soft);min-height:1.55em}
.apps{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(250px,100%),1fr));gap:14px;list-style:none;padding:0;margin:10px 0 0}
.apps li{margin:0;min-width:0}
.apps a{display:flex;gap:14px;padding:15px 16px;border:1px solid var(--line);border-radius:12px;color:inherit;text-decoration:none;height:100%;background:var(--card)}
.apps a:hover{border-color:var(--accent);box-shadow:0 3px 12px rgb(0 0 0/8%)}
.apps .text{min-width:0;min-height:44px;align-self:flex-start;display:flex;flex-direction:column;justify-content:center}
.apps .name{font-weight:600;line-height:1.35;overflow-wrap:anywhere}
.apps .about{font-size:13.5px;line-height:1.4;color:var(--soft);overflow-wrap:anywhere;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.apps .badge{align-self:flex-start;margin-top:5px;padding:0 9px;border:1px solid currentcolor;border-radius:99px;font-size:12.5px;font-weight:600;color:var(--bad)}
.logo{flex:none;width:44px;height:44px;border-radius:10px;object-fit:contain;color:#fff}
img.logo{padding:3px;background:#fff;border:1px solid var(--line)}
span.logo{display:grid;place-items:center;font-size:20px;font-weight:650;forced-color-adjust:none}
.account .logo{width:30px;height:30px;border-radius:50%;font-size:14px}
${tones}
.none{margin:34px 0 16px;text-align:center}.none h2{margin:0 0 6px;font-size:18px;color:var(--ink)}.none .actions{justify-content:center;margin-top:18px}
.none .button{cursor:pointer;font:inherit;font-weight:600}
@media (prefers-reduced-motion:no-preference){.apps a{transition:border-color .12s,box-shadow .12s}}
@media (max-width:560px){body{padding:0}main{min-height:100vh;padding:18px 16px;border:0;border-radius:0;box-shadow:none}.bar form{flex:1 1 100%}.account .who{display:none}.account summary{padding-right:6px}.apps{gap:10px}}
@media (forced-colors:active){.apps a:hover{border-color:Highlight}}
`;
