/** Selects the example of the chosen caller. */
const CHOSEN = Array.from({ length: 12 }, (_, i) => {
  return `.snippets:has(label:nth-of-type(${i + 1})>:checked) .panels>:nth-child(${i + 1})`;
}).join(',\n');

/** The style of the pages. It works without scripts, in light and dark, on narrow screens and on paper. */
export const STYLE = `
:root{color-scheme:light;--page:#fff;--soft:#f7f8fa;--line:#e4e7ec;--text:#1d2430;--muted:#5a6475;--accent:#3b4fd0;
--code:#f4f6f9;--key:#8a3f04;--string:#146c43;--value:#0b5cad;--word:#7a2ea0;--note:#fff8e6;--note-line:#e2b13c;
--get:#0b5cad;--post:#146c43;--put:#8a4b00;--del:#b3261e;--sub:#7a2ea0;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
:root[data-scheme=dark]{color-scheme:dark;--page:#14161a;--soft:#1b1e24;--line:#30353f;--text:#e6e9ef;--muted:#a3adbd;
--accent:#9db0ff;--code:#1c2027;--key:#f0b27a;--string:#8fd19e;--value:#8cc4ff;--word:#d7a6f2;--note:#2b2618;
--note-line:#b38a2a;--get:#8cc4ff;--post:#8fd19e;--put:#f0b27a;--del:#ff9d94;--sub:#d7a6f2}
@media (prefers-color-scheme:dark){:root:not([data-scheme=light]){color-scheme:dark;--page:#14161a;--soft:#1b1e24;
--line:#30353f;--text:#e6e9ef;--muted:#a3adbd;--accent:#9db0ff;--code:#1c2027;--key:#f0b27a;--string:#8fd19e;
--value:#8cc4ff;--word:#d7a6f2;--note:#2b2618;--note-line:#b38a2a;--get:#8cc4ff;--post:#8fd19e;--put:#f0b27a;
--del:#ff9d94;--sub:#d7a6f2}}
*{box-sizing:border-box}
html{scroll-padding-top:76px;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.6 var(--sans);text-rendering:optimizeLegibility}
a{color:var(--accent);text-decoration:none}
a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
main:focus{outline:none}
code,pre,kbd{font-family:var(--mono);font-size:.875em}
.skip{position:absolute;left:-999px}
.skip:focus{left:12px;top:12px;z-index:30;background:var(--page);padding:8px 12px}
.top{position:sticky;top:0;z-index:20;display:flex;align-items:center;gap:20px;height:60px;padding:0 24px;
background:var(--page);border-bottom:1px solid var(--line)}
.brand{font-weight:650;color:var(--text);white-space:nowrap;font-size:16px;line-height:30px;letter-spacing:-.01em}
.search{position:relative;flex:1;max-width:460px;margin-left:auto}
.search input{width:100%;height:36px;padding:0 36px 0 12px;border:1px solid var(--line);border-radius:8px;
background:var(--soft);color:var(--text);font:inherit;font-size:14px}
.search input::placeholder{color:var(--muted);opacity:1}
.search kbd{position:absolute;right:10px;top:8px;padding:0 6px;border:1px solid var(--line);border-radius:4px;
color:var(--muted);font-size:12px;line-height:18px;pointer-events:none;background:var(--page)}
.results{position:absolute;left:0;right:0;top:42px;max-height:min(70vh,520px);overflow:auto;background:var(--page);
border:1px solid var(--line);border-radius:10px;box-shadow:0 12px 32px rgb(0 0 0/.16);padding:6px}
.results a{display:block;padding:7px 10px;border-radius:6px;color:var(--text);text-decoration:none}
.results a[aria-selected=true],.results a:hover{background:var(--soft)}
.results small{display:block;color:var(--muted);font-size:13px}
.results p{margin:8px 10px;color:var(--muted)}
.tools{display:flex;align-items:center;gap:16px;white-space:nowrap;font-size:14px}
.tools a{color:var(--muted)}
.scheme,.copy{border:1px solid var(--line);border-radius:6px;background:var(--page);color:var(--muted);font:inherit;
font-size:13px;padding:3px 10px;cursor:pointer}
.scheme:hover,.copy:hover{color:var(--text)}
.scheme{min-width:60px}
.scheme:disabled{visibility:hidden}
.menu,.close{display:none}
.layout{display:grid;grid-template-columns:264px minmax(0,1fr);max-width:1560px;margin:0 auto}
.side{position:sticky;top:60px;height:calc(100vh - 60px);overflow:auto;padding:24px 12px 48px 24px;font-size:14px;
border-right:1px solid var(--line)}
.side summary{display:flex;justify-content:space-between;gap:8px;overflow-wrap:anywhere}
.side summary,.side .alone{padding:5px 8px;margin:0;font-weight:600;cursor:pointer;border-radius:6px;list-style:none}
.side summary::-webkit-details-marker{display:none}
.side summary::after{content:"";flex:none;width:6px;height:6px;margin:7px 4px 0;border:solid var(--muted);
border-width:0 1.5px 1.5px 0;transform:rotate(-45deg)}
.side details[open]>summary::after{transform:rotate(45deg)}
.side .alone{padding:0}
.side .alone a{display:block;padding:5px 8px;border-radius:6px;color:var(--text)}
.side ul{list-style:none;margin:2px 0 12px;padding:0}
.side li a{display:block;padding:4px 8px 4px 16px;border-radius:6px;color:var(--muted);overflow-wrap:anywhere}
.side a:hover{color:var(--text);text-decoration:none}
.side a[aria-current]{color:var(--accent);background:var(--soft);font-weight:600}
main{padding:40px 48px 80px;min-width:0}
.page{max-width:760px}
.with-aside{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,420px);column-gap:56px;max-width:none}
.title{grid-column:1/-1;max-width:760px}
.aside{grid-column:2;grid-row:2}
.sticky{position:sticky;top:84px;max-height:calc(100vh - 108px);overflow:auto}
h1{margin:0 0 12px;font-size:30px;line-height:1.2;font-weight:650;letter-spacing:-.02em;overflow-wrap:anywhere}
h2{margin:44px 0 12px;font-size:19px;line-height:1.3;font-weight:650;letter-spacing:-.01em}
.body>h2{padding-top:20px;border-top:1px solid var(--line)}
h3{margin:28px 0 8px;font-size:16px}
h4,h5,h6{margin:20px 0 8px;font-size:15px}
.anchor{color:inherit}
.label{margin:0 0 6px;color:var(--muted);font:600 13px/1.5 var(--mono);overflow-wrap:anywhere}
.lead{font-size:16px;margin-bottom:20px}
.text>:first-child{margin-top:0}
.text>:last-child{margin-bottom:0}
.text p,.text ul,.text ol{margin:0 0 14px}
.text ul,.text ol{padding-left:22px}
.text li{margin:4px 0}
.text a{text-decoration:underline;text-underline-offset:2px}
.text code,.facts code,.limits code,.errors p code{background:var(--code);border-radius:4px;padding:1px 5px;overflow-wrap:anywhere}
.text pre code{background:none;padding:0}
blockquote{margin:0 0 14px;padding-left:16px;border-left:3px solid var(--line);color:var(--muted)}
hr{border:0;border-top:1px solid var(--line);margin:28px 0}
.code{margin:0 0 16px;padding:14px 16px;overflow:auto;background:var(--code);border:1px solid var(--line);
border-radius:8px;font-size:13px;line-height:1.6;tab-size:2}
.code code{font-size:13px}
.table{overflow:auto;margin:0 0 16px}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:1.5}
th,td{text-align:left;vertical-align:top;padding:8px 16px 8px 0;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--muted)}
.t-key{color:var(--key)}.t-string{color:var(--string)}.t-value{color:var(--value)}.t-word{color:var(--word)}
.t-comment{color:var(--muted)}
.example{position:relative;margin:0 0 20px}
.example figcaption{padding:8px 14px;border:1px solid var(--line);border-bottom:0;border-radius:8px 8px 0 0;
background:var(--soft);font-size:13px;font-weight:600}
.example .code{border-radius:0 0 8px 8px;margin:0}
.copy{position:absolute;right:8px;top:5px}
.note{margin:0 0 16px;padding:12px 16px;background:var(--note);border-left:3px solid var(--note-line);border-radius:0 8px 8px 0}
.endpoint{display:flex;align-items:baseline;gap:10px;margin:0 0 20px;padding:10px 14px;border:1px solid var(--line);
border-radius:8px;background:var(--soft)}
.endpoint code{font-size:14px;overflow-wrap:anywhere}
.method{font:700 12px/1.6 var(--mono);color:var(--muted);text-transform:uppercase}
.method.get,.method.query{color:var(--get)}.method.post,.method.mutation{color:var(--post)}
.method.put,.method.patch{color:var(--put)}.method.delete{color:var(--del)}.method.subscription{color:var(--sub)}
.facts{margin:0 0 16px}
.facts>div{display:grid;grid-template-columns:150px minmax(0,1fr);gap:16px;padding:9px 0;border-bottom:1px solid var(--line)}
.facts>div:last-child{border-bottom:0}
.facts dt{color:var(--muted);font-size:14px;overflow-wrap:anywhere}
.facts dd{margin:0}
.facts p{margin:0 0 4px}
.facts p:last-child{margin:0}
.facts p a,.errors p a{text-decoration:underline;text-underline-offset:2px}
.fields,.forms,.links,.errors{list-style:none;margin:0;padding:0}
.fields>li,.errors>li{padding:14px 0;border-bottom:1px solid var(--line)}
.fields>li:first-child{padding-top:6px}
.fields>li:last-child,.errors>li:last-child{border-bottom:0}
.head{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 10px}
.name{font-weight:650;font-size:14px;overflow-wrap:anywhere}
.type{color:var(--muted);font-size:14px;overflow-wrap:anywhere}
.required{color:var(--del);font-size:12px;font-weight:600}
.optional{color:var(--muted);font-size:12px}
.place,.flag{border:1px solid var(--line);border-radius:4px;padding:0 6px;color:var(--muted);font-size:12px;line-height:18px}
.flag{color:var(--put)}
.about{margin-top:4px}
.limits{margin:4px 0 0;color:var(--muted);font-size:14px;overflow-wrap:anywhere}
.limits code{color:var(--text)}
.body details{margin-top:10px;border:1px solid var(--line);border-radius:8px}
.body details>summary{padding:6px 14px;color:var(--accent);font-size:14px;font-weight:600;cursor:pointer}
.body details[open]>summary{border-bottom:1px solid var(--line)}
.body details>.fields,.body details>.forms,.body details>.limits,.body details>.about{padding:4px 14px;margin:0}
.forms>li{margin:10px 0}
.links li a{display:grid;grid-template-columns:72px minmax(120px,auto) minmax(0,1fr);gap:0 12px;align-items:baseline;
padding:9px 0;border-bottom:1px solid var(--line);color:var(--text)}
.links li a:not(:has(.method)){grid-template-columns:minmax(120px,auto) minmax(0,1fr)}
.links li a:hover{text-decoration:none}
.links li a:hover code{text-decoration:underline}
.links li a code{color:var(--accent);overflow-wrap:anywhere}
.links li a span:last-child:not(.method){color:var(--muted);font-size:14px;text-align:right}
.links.compact{columns:2;column-gap:32px}
.links.compact li{break-inside:avoid}
.links.compact li a{display:grid;grid-template-columns:56px minmax(0,1fr);border:0;padding:3px 0}
.links.compact li a span:last-child:not(.method){display:none}
.status{display:inline-block;min-width:40px;color:var(--muted);font:600 13px/1.6 var(--mono)}
.errors p{margin:2px 0 0}
.errors p span{color:var(--muted)}
.source{margin-top:32px}
.foot{max-width:760px;margin-top:64px;padding-top:24px;border-top:1px solid var(--line);color:var(--muted);font-size:14px}
.foot p{display:flex;gap:20px;margin:20px 0 0}
.foot p a{color:var(--muted);text-decoration:underline;text-underline-offset:2px}
.turn{display:flex;justify-content:space-between;gap:20px}
.turn a{overflow-wrap:anywhere;font-weight:600}
.turn small{display:block;color:var(--muted);font-size:13px;font-weight:400}
.turn .next{margin-left:auto;text-align:right}
fieldset{display:flex;flex-wrap:wrap;gap:4px;margin:0 0 10px;padding:0;border:0;min-width:0}
legend{padding:0 0 8px;font-size:13px;font-weight:600}
.snippets label{position:relative;padding:3px 10px;border:1px solid var(--line);border-radius:6px;color:var(--muted);font-size:13px;cursor:pointer}
.snippets label:hover{color:var(--text)}
.snippets input{position:absolute;inset:0;margin:0;opacity:0;cursor:pointer}
.snippets label:has(:checked){border-color:var(--accent);color:var(--accent);font-weight:600}
.snippets label:has(:focus-visible){outline:2px solid var(--accent);outline-offset:2px}
@supports selector(:has(a)){.panels>figure{display:none}${CHOSEN}{display:block}}
button.primary{border:1px solid var(--accent);border-radius:6px;background:var(--accent);color:var(--page);font:600 14px/1.4 var(--sans);
padding:6px 16px;cursor:pointer}
button.primary:disabled{opacity:.6;cursor:default}
.try h2{padding-top:20px;border-top:1px solid var(--line)}
.try-start{display:flex;align-items:center;gap:14px;min-height:34px;color:var(--muted)}
.try-choices{display:flex;flex-wrap:wrap;gap:4px 32px;font-size:14px}
.try-choices label{margin-right:12px}
.try-choices legend{padding-bottom:4px}
.try input:not([type=checkbox],[type=radio]),.try textarea,.try select{width:100%;min-width:0;padding:5px 9px;border:1px solid var(--line);
border-radius:6px;background:var(--page);color:var(--text);font:inherit;font-size:14px}
.try textarea{resize:vertical;line-height:1.5}
.try .json{height:100%;tab-size:2;min-height:160px;background:var(--code);font:13px/1.6 var(--mono)}
.try-input{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:20px;margin:12px 0;padding:14px;border:1px solid var(--line);
border-radius:8px}
.try-form{min-width:0;max-height:70vh;overflow:auto;padding:2px 4px 2px 2px}
.row{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:3px 8px;align-items:start;margin-bottom:10px}
.row.entry{grid-template-columns:minmax(0,2fr) minmax(0,3fr) auto}
.row>.row-name,.row>.issue{grid-column:1/-1}
.row.group>.fields-of,.row.group>.rows,.row.group>.union{padding-left:12px;border-left:2px solid var(--line)}
.row-name{display:flex;align-items:center;gap:8px;min-width:0}
.row-name code{overflow-wrap:anywhere}
.union>select{margin-bottom:8px}
.rows button,.try dialog button:not(.primary){border:1px solid var(--line);border-radius:6px;background:var(--soft);color:var(--text);font:inherit;
font-size:13px;padding:4px 10px;cursor:pointer}
.try dialog{max-width:420px;padding:20px;border:1px solid var(--line);border-radius:10px;background:var(--page);color:var(--text)}
.try dialog button{margin-right:10px}
.try dialog::backdrop{background:rgb(0 0 0/.4)}
.issue{margin:2px 0 0;color:var(--del);font-size:14px}
.result-status{font-weight:600}
.result-status[data-ok=true]{color:var(--post)}.result-status[data-ok=false]{color:var(--del)}
.result-body{max-height:60vh;overflow:auto;padding:10px 14px;border:1px solid var(--line);border-radius:8px;background:var(--code)}
.result-body .code{margin:0;padding:0;border:0;white-space:pre-wrap}
.body .tree,.body .tree details{margin:0;border:0}
.body .tree>summary,.body .tree[open]>summary{padding:0;border:0;font-weight:400}
.tree ul,.events{list-style:none;margin:0;padding:0 0 0 18px}
.result-body code{overflow-wrap:anywhere}
.try .tree{margin:0 0 12px}
.tree .row{margin-top:8px}
.headers{margin:6px 0 12px;font-size:13px}
.headers div{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,2fr);gap:10px}
.headers dt{color:var(--muted)}
.headers dd{margin:0}
.events{max-height:50vh;overflow:auto;padding:0}
.events li{display:flex;gap:10px;align-items:start;margin-bottom:4px}
@media (scripting:none){.try{display:none}}
@media (max-width:1180px){.with-aside{display:block;max-width:760px}.sticky{position:static;max-height:none;margin-top:32px}}
@media (max-width:860px){
html{scroll-padding-top:112px}
.top{flex-wrap:wrap;height:auto;gap:8px 16px;padding:10px 16px}
.menu{display:block;font-size:14px;line-height:30px}
.tools{margin-left:auto}
.search{order:3;flex-basis:100%;max-width:none;margin:0}
.layout{display:block}
.side{display:none}
.side:target{display:block;position:fixed;z-index:25;inset:0;height:auto;padding:16px 20px 48px;background:var(--page);border:0}
.side:target .close{display:block;padding:4px 8px 12px}
main{padding:24px 16px 64px}
.try-input{grid-template-columns:minmax(0,1fr)}
h1{font-size:25px}
.facts>div{grid-template-columns:1fr;gap:2px}
.links li a,.links li a:not(:has(.method)){grid-template-columns:72px minmax(0,1fr)}
.links li a:not(:has(.method)){grid-template-columns:minmax(0,1fr)}
.links li a span:last-child:not(.method){grid-column:1/-1;text-align:left}
.links.compact{columns:1}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{
.top,.side,.foot,.copy,.skip,.try{display:none!important}
.layout,.with-aside{display:block}
main{padding:0}
body{font-size:11pt}
.sticky{position:static;max-height:none;overflow:visible}
pre{white-space:pre-wrap}
.endpoint,.example,.fields>li{break-inside:avoid}
}
`;
