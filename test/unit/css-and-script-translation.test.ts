import { describe, expect, test } from 'vitest';
import { translateText } from '../helpers/translate-body.ts';

describe('B37 style sheets', () => {
  test.each([
    ['a{b:url(http://a.corp/crm/c.png)}', 'a{b:url(https://b.example.com/c.png)}'],
    ['a{b:URL( "/crm/c.png" )}', 'a{b:URL( "/c.png" )}'],
    [`a{b:url('//a.corp/crm/c d.png')}`, `a{b:url('https://b.example.com/c d.png')}`],
    ['@import "/crm/a.css" screen;@import url(/crm/b.css);', '@import "/a.css" screen;@import url(/b.css);'],
    [`@IMPORT/**/'/crm/a.css'`, `@IMPORT/**/'/a.css'`],
    ['a{b:url(http\\3a //a\\.corp/crm/c)}', 'a{b:url(https://b.example.com/c)}'],
    [
      'a{b:image-set("/crm/a" 1x,url("/crm/b") 2x, "/crm/c" type("/crm/d"))}',
      'a{b:image-set("/a" 1x,url("/b") 2x, "/c" type("/crm/d"))}',
    ],
    ['a{b:-webkit-image-set(url(/crm/a) 1x)}', 'a{b:-webkit-image-set(url(/a) 1x)}'],
    [
      '@font-face{src:url(/crm/f.woff2)format("woff2"),url(/crm/f.woff)}',
      '@font-face{src:url(/f.woff2)format("woff2"),url(/f.woff)}',
    ],
    [
      'a{b:url(data:image/svg+xml;utf8,<svg/crm/>);c:url(/crm/d)}',
      'a{b:url(data:image/svg+xml;utf8,<svg/crm/>);c:url(/d)}',
    ],
    ['a{b:"\\"";c:url(/crm/d)}', 'a{b:"\\"";c:url(/d)}'],
    ['a{b:"unclosed\n;c:url(/crm/d)}', 'a{b:"unclosed\n;c:url(/d)}'],
  ])('%s', (css, expected) => {
    expect(translateText(css, { kind: 'css' })).toBe(expected);
  });

  test.each([
    'a{content:"url(/crm/x)"}',
    'a{content:"http://a.corp/crm/"}',
    '/* @import "/crm/x"; url(/crm/x) */',
    'a{b:myurl(/crm/x)}',
    'a{b:url(x.png) url(../crm/) url() url("")}',
    '@namespace url(http://www.w3.org/1999/xhtml);',
    '@importx "/crm/a"',
    'a{b:url(/crm/x',
  ])('%s stays', (css) => {
    expect(translateText(css, { kind: 'css' })).toBe(css);
  });
});

describe('B37 scripts and JSON, where they are wanted', () => {
  test.each([
    ['{"a":"http://a.corp/crm/x?y"}', '{"a":"https://b.example.com/x?y"}'],
    ['{"a":"http:\\/\\/a.corp\\/crm\\/x"}', '{"a":"https:\\/\\/b.example.com\\/x"}'],
    ['{"a":"http:\\u002f\\u002Fa.corp\\u002fcrm\\u002fx"}', '{"a":"https:\\u002f\\u002fb.example.com\\u002fx"}'],
    [
      '{"a":"{\\"b\\":\\"http:\\\\/\\\\/a.corp\\\\/crm\\\\/\\"}"}',
      '{"a":"{\\"b\\":\\"https:\\\\/\\\\/b.example.com\\\\/\\"}"}',
    ],
    ['{"a":"<a href=\\"http://a.corp/crm/x\\">"}', '{"a":"<a href=\\"https://b.example.com/x\\">"}'],
    ['f("//a.corp/crm/x", \'/crm/y\', `/crm/z`)', 'f("https://b.example.com/x", \'/y\', `/z`)'],
    ['new WebSocket("ws://a.corp/crm/live")', 'new WebSocket("wss://b.example.com/live")'],
    ['go("see http://plain.corp/x for more")', 'go("see https://plain.example.com/x for more")'],
  ])('%s', (script, expected) => {
    expect(translateText(script, { kind: 'script' })).toBe(expected);
  });

  test.each(['a = b //a.corp/crm/x', '"/" + "/x" + "/crmx/"', '"http://other.corp/crm/"', 'x = a / b / c', '"/crm'])(
    '%s stays',
    (script) => {
      expect(translateText(script, { kind: 'script' })).toBe(script);
    },
  );

  test('in pages: elements, handlers, javascript: addresses, data', () => {
    const html = `<script>go("/crm/a")</script><script type="application/json">{"b":"http:\\/\\/a.corp\\/crm\\/"}</script><p onclick="go('/crm/c?x=1&amp;y')"><a href="javascript:go('http://a.corp/crm/d')" on="'/crm/e'"><a onload='go(&quot;/crm/&quot;)'>`;
    const expected = `<script>go("/a")</script><script type="application/json">{"b":"https:\\/\\/b.example.com\\/"}</script><p onclick="go('/c?x=1&amp;y')"><a href="javascript:go('https://b.example.com/d')" on="'/crm/e'"><a onload='go(&quot;/&quot;)'>`;
    expect(translateText(html, { isInScripts: true })).toBe(expected);
    expect(translateText(html)).toBe(html);
  });
});
