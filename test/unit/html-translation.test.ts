import { describe, expect, test } from 'vitest';
import { translateOctets, translateText } from '../helpers/translate-body.ts';

const INTERNAL = 'http://a.corp/crm/x?q=1';
const EXTERNAL = 'https://b.example.com/x?q=1';

describe('B37 attributes', () => {
  test.each([
    ['a', 'href'],
    ['audio', 'src'],
    ['base', 'href'],
    ['button', 'formaction'],
    ['div', 'data-background'],
    ['div', 'data-src'],
    ['embed', 'src'],
    ['form', 'action'],
    ['frame', 'src'],
    ['head', 'profile'],
    ['html', 'manifest'],
    ['iframe', 'longdesc'],
    ['iframe', 'src'],
    ['img', 'longdesc'],
    ['img', 'src'],
    ['input', 'formaction'],
    ['input', 'src'],
    ['input', 'value'],
    ['link', 'href'],
    ['menuitem', 'icon'],
    ['meta', 'content'],
    ['object', 'archive'],
    ['object', 'data'],
    ['object', 'codebase'],
    ['script', 'src'],
    ['source', 'src'],
    ['track', 'src'],
    ['video', 'src'],
    ['video', 'poster'],
    // Beyond Entra's list.
    ['area', 'href'],
    ['blockquote', 'cite'],
    ['body', 'background'],
    ['a', 'ping'],
    ['image', 'xlink:href'],
  ])('%s(%s) is translated, however it is quoted', (element, attribute) => {
    for (const quote of ['"', "'", '']) {
      for (const [name, space] of [
        [attribute, ''],
        [attribute.toUpperCase(), ' '],
      ]) {
        const make = (url: string): string =>
          `<p>before<${element} class=x ${name}${space}=${space}${quote}${url}${quote} id="y">after`;
        expect(translateText(make(INTERNAL))).toBe(make(EXTERNAL));
      }
    }
  });

  test.each([
    ['<option value="http://a.corp/crm/">', 'value of another element'],
    ['<p title="http://a.corp/crm/" alt=http://a.corp/crm/>', 'attributes that are no addresses'],
    ['</a href="http://a.corp/crm/">', 'an end tag'],
    ['<!-- <a href="http://a.corp/crm/"> -->', 'a comment'],
    ['<script>x = "<a href=http://a.corp/crm/>"</script>', 'a script'],
    ['<textarea><a href="http://a.corp/crm/"></textarea>', 'raw text'],
    ['http://a.corp/crm/', 'text'],
    ['<a href="http://a.corp/crm/', 'a tag that never ends'],
    ['<a href="http://b.corp/crm/">', 'another host'],
    ['<a href="https://a.corp/crm/">', 'another scheme'],
    ['<a href="http://a.corp:8080/crm/">', 'another port'],
    ['<a href="http://a.corp/crmx/">', 'another folder'],
    ['<a href="http://a.corp.evil.example/crm/">', 'a longer host'],
    ['<a href="http://user@a.corp/crm/">', 'credentials'],
    ['<a href="crm/x"><a href="../x"><a href="?x"><a href="#x"><a href="">', 'relative addresses'],
    ['<a href="/other/x">', 'a folder that is not published'],
    ['<a href="/\\a.corp/crm/">', 'what browsers read as another host'],
    ['<plaintext><a href="http://a.corp/crm/">', 'plain text'],
    ['<math><annotation-xml><![CDATA[<a href="http://a.corp/crm/">]]></math>', 'CDATA in foreign content'],
    ['<a href="javascript:go(\'http://a.corp/crm/\')" onclick="go(\'http://a.corp/crm/\')">', 'scripts, unless wanted'],
  ])('%s stays', (html) => {
    expect(translateText(html)).toBe(html);
  });

  test.each([
    ['<a href="HTTP://A.Corp:80/crm/x">', '<a href="https://b.example.com/x">'],
    ['<a href="//a.corp/crm/x">', '<a href="https://b.example.com/x">'],
    ['<a href=" \n http://a.corp/crm/x ">', '<a href=" \n https://b.example.com/x ">'],
    ['<a href="http://a.corp/crm">', '<a href="https://b.example.com">'],
    ['<a href="/crm/x?to=/crm/y">', '<a href="/x?to=/crm/y">'],
    ['<a href="/crm">', '<a href="/">'],
    ['<a href="/sales/y">', '<a href="https://sales.example.com/x/y">'],
    [
      '<a href="ws://a.corp/crm/live"><a href="wss://hr.corp:8443/s">',
      '<a href="wss://b.example.com/live"><a href="wss://hr.example.com/s">',
    ],
    [
      '<a href="http:&#47;&#x2F;a.corp&sol;crm/x?a=1&amp;b=2&copy=3">',
      '<a href="https://b.example.com/x?a=1&amp;b=2&copy=3">',
    ],
    ['<a href="&#104;ttp://a.corp/crm/&eacute;?&#63;">', '<a href="https://b.example.com/&eacute;?&#63;">'],
    [
      '<!--><a href="/crm/"--><!---><a href="/crm/"><!-- --!><a href="/crm/">',
      '<!--><a href="/"--><!---><a href="/"><!-- --!><a href="/">',
    ],
    ['<a/href="http://a.corp/crm/"/>', '<a/href="https://b.example.com/"/>'],
    [
      '<a href="http://a.corp/crm/" href="http://a.corp/crm/2">',
      '<a href="https://b.example.com/" href="https://b.example.com/2">',
    ],
    ["<a title='>' href=http://a.corp/crm/>", "<a title='>' href=https://b.example.com/>"],
    ['<a href=http://a.corp/crm/>x</a>', '<a href=https://b.example.com/>x</a>'],
    ['< a><a b<c href="/crm/">', '< a><a b<c href="/">'],
    ['<svg><title/><style/><script/><a href="/crm/">', '<svg><title/><style/><script/><a href="/">'],
    [
      '<svg><foreignObject><title><a href="/crm/"></title><a href="/crm/">',
      '<svg><foreignObject><title><a href="/crm/"></title><a href="/">',
    ],
    ['<svg><p><![CDATA[ > <a href="/crm/">', '<svg><p><![CDATA[ > <a href="/">'],
    [
      '<script><!--<script></script><a href="/crm/">--></script><a href="/crm/">',
      '<script><!--<script></script><a href="/crm/">--></script><a href="/">',
    ],
    [
      '<title></titlex><a href="/crm/"></TITLE ><a href="/crm/">',
      '<title></titlex><a href="/crm/"></TITLE ><a href="/">',
    ],
    ['<noscript><img src="/crm/a.png"></noscript>', '<noscript><img src="/a.png"></noscript>'],
  ])('%s', (html, expected) => {
    expect(translateText(html)).toBe(expected);
  });

  test('B37 srcset, imagesrcset and lists', () => {
    expect(
      translateText(
        '<img srcset="/crm/a.png 1x, http://a.corp/crm/b,c.png 2x,/crm/d.png , data:image/png;base64,/crm/ 3x"><link imagesrcset="/crm/a.png">',
      ),
    ).toBe(
      '<img srcset="/a.png 1x, https://b.example.com/b,c.png 2x,/d.png , data:image/png;base64,/crm/ 3x"><link imagesrcset="/a.png">',
    );
    expect(translateText('<a ping="/crm/p http://elsewhere/ http://a.corp/crm/q">')).toBe(
      '<a ping="/p http://elsewhere/ https://b.example.com/q">',
    );
  });

  test('B37 style attributes and elements', () => {
    expect(
      translateText(
        `<div style="background: url('/crm/a.png'), url(&quot;http://a.corp/crm/b.png&quot;)"><style>a > b { c: url(/crm/d) } /* url(/crm/e) */</style>`,
      ),
    ).toBe(
      `<div style="background: url('/a.png'), url(&quot;https://b.example.com/b.png&quot;)"><style>a > b { c: url(/d) } /* url(/crm/e) */</style>`,
    );
  });

  test('B37 meta refresh and absolute contents', () => {
    expect(
      translateText(
        `<meta http-equiv=refresh content="5; URL='/crm/x'"><meta content="0;http://a.corp/crm/"><meta property="og:url" content="http://a.corp/crm/p"><meta content="/crm/x"><meta content="width=1">`,
      ),
    ).toBe(
      `<meta http-equiv=refresh content="5; URL='/x'"><meta content="0;https://b.example.com/"><meta property="og:url" content="https://b.example.com/p"><meta content="/crm/x"><meta content="width=1">`,
    );
  });

  test('what begins with / follows <base href>', () => {
    expect(translateText('<base href="https://b.example.com/"><a href="/crm/x">')).toBe(
      '<base href="https://b.example.com/"><a href="/crm/x">',
    );
    expect(translateText('<base href="http://plain.corp/"><a href="/crm/x">')).toBe(
      '<base href="https://plain.example.com/"><a href="https://plain.example.com/crm/x">',
    );
    expect(translateText('<base href="/crm/sub/"><a href="/crm/x">')).toBe('<base href="/sub/"><a href="/x">');
  });

  test('where paths stay, what begins with / is not even looked at', () => {
    const pairs = [['http://a.corp/', 'https://b.example.com/']] as const;
    expect(translateText('<a href="/x"><a href="//a.corp/x">', { pairs })).toBe(
      '<a href="/x"><a href="https://b.example.com/x">',
    );
  });

  test('an ampersand and a quote of the external address are escaped', () => {
    const pairs = [['http://a.corp/', "https://b.example.com/r&d/o'k/"]] as const;
    expect(translateText("<a href='http://a.corp/x' style='c: url(http://a.corp/x)'>", { pairs })).toBe(
      "<a href='https://b.example.com/r&amp;d/o%27k/x' style='c: url(https://b.example.com/r&amp;d/o%27k/x)'>",
    );
  });

  test('XHTML has no raw text, and CDATA everywhere', () => {
    expect(translateText('<script/><a href="/crm/"/><p><![CDATA[<a href="/crm/">]]></p>', { kind: 'xhtml' })).toBe(
      '<script/><a href="/"/><p><![CDATA[<a href="/crm/">]]></p>',
    );
  });
});

test('B38 links to other published applications become their external addresses', () => {
  expect(translateText('<a href="https://hr.corp:8443/leave?y=1#z"><img src=//plain.corp/logo.png>')).toBe(
    '<a href="https://hr.example.com/leave?y=1#z"><img src=https://plain.example.com/logo.png>',
  );
});

test('B6 B38 a page of a wildcard links to its own host and to the others of the wildcard', () => {
  const options = {
    pairs: [['http://*.corp/a/', 'https://*.example.com/']],
    own: ['http://x.corp/a/', 'https://x.example.com/'],
  } as const;
  expect(
    translateText(
      '<a href="http://x.corp/a/1"><a href="//Y.corp/a/2"><a href="/a/3"><a href="http://a.b.corp/a/">',
      options,
    ),
  ).toBe(
    '<a href="https://x.example.com/1"><a href="https://y.example.com/2"><a href="/3"><a href="http://a.b.corp/a/">',
  );
});

describe('B36 memory', () => {
  test('a value that is too long to be looked at passes untouched, a long address is translated at its beginning', () => {
    const long = 'x'.repeat(100_000);
    const style = `<p style="a: url(/crm/a); ${long}"><a href="/crm/b">`;
    expect(translateText(style)).toBe(style.replace('href="/crm/b"', 'href="/b"'));
    expect(translateText(`<a href="/crm/${long}">`)).toBe(`<a href="/${long}">`);
    const tag = `<a ${long}="1" ${long} href="/crm/"><${long} href="/crm/">`;
    expect(translateText(tag, { pieces: [1000] })).toBe(tag.replaceAll('/crm/', '/'));
  });
});

describe('B39 encodings', () => {
  const html =
    '<meta charset="CHARSET"><p title="TITLE">TITLE</p><a href="http://a.corp/crm/x" title="TITLE">TITLE</a>';

  test.each([
    ['windows-1252', 'd\u00e9j\u00e0', 'latin1'],
    ['utf-8', '\u00e9\u4e2d\u{1f600}', 'utf8'],
  ] as const)('%s survives', (charset, title, encoding) => {
    const page = html.replace('CHARSET', charset).replaceAll('TITLE', title);
    const expected = page.replace('http://a.corp/crm/', 'https://b.example.com/');
    for (const header of [charset, null]) {
      expect(translateOctets(Buffer.from(page, encoding), { charset: header })).toEqual(
        Buffer.from(expected, encoding),
      );
    }
  });

  test.each([
    // Characters whose second octet is a backslash, a brace or another sign of ASCII.
    ['shift_jis', [0x95, 0x5c, 0x83, 0x7b, 0xb1]],
    ['big5', [0xa5, 0x5c, 0xb3, 0x5c]],
    ['gb18030', [0x81, 0x30, 0x81, 0x30, 0x81, 0x5c]],
    ['euc-kr', [0xb0, 0xa1]],
    ['iso-2022-jp', [0x1b, 0x24, 0x42, 0x3c, 0x22, 0x3e, 0x27, 0x1b, 0x28, 0x42]],
  ])('%s survives, and no half of a character is taken for ASCII', (charset, octets) => {
    const text = Buffer.from(octets).toString('latin1');
    const page = `${html.replace('CHARSET', charset).replaceAll('TITLE', text)}<style>a{b:"${text}";c:url(/crm/d)}</style>`;
    const expected = page.replace('http://a.corp/crm/', 'https://b.example.com/').replace('/crm/d', '/d');
    for (const header of [charset, null]) {
      const translated = translateOctets(Buffer.from(page, 'latin1'), { charset: header, pieces: [1] });
      expect(translated.toString('latin1')).toBe(expected);
    }
  });

  test.each(['le', 'be'])('UTF-16 (%s) survives, by its header or its mark', (order) => {
    const encode = (text: string): Buffer => {
      const octets = Buffer.from(text, 'utf16le');
      return order === 'le' ? octets : octets.swap16();
    };
    const page = html.replaceAll('TITLE', '\u4e2d\u{1f600}\u3c3c');
    const expected = page.replace('http://a.corp/crm/', 'https://b.example.com/');
    expect(translateOctets(encode(page), { charset: `utf-16${order}`, pieces: [3] })).toEqual(encode(expected));
    expect(translateOctets(encode(`\ufeff${page}`), { charset: 'utf-8', pieces: [1] })).toEqual(
      encode(`\ufeff${expected}`),
    );
    const odd = Buffer.concat([encode('<a href="/crm/">'), Buffer.from([0x41])]);
    expect(translateOctets(odd, { charset: `utf-16${order}` })).toEqual(
      Buffer.concat([encode('<a href="/">'), Buffer.from([0x41])]),
    );
  });

  test('octets that are no text at all survive', () => {
    const octets = Buffer.from(Array.from({ length: 512 }, (_, index) => index & 0xff));
    expect(translateOctets(octets, { charset: 'utf-8' })).toEqual(octets);
  });
});
