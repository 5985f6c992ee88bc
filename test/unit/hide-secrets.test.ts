import { describe, expect, test } from 'vitest';
import { hideSecrets } from '../../src-main/app/capture/hide-secrets.ts';

const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';

describe('of a captured body no secret is shown', () => {
  test('of a form', () => {
    const form = 'user=ada&password=hunter2&new%5Fpassword=x%26y&note=pass&csrf=&flag';
    const hidden = 'user=ada&password=[secret]&new%5Fpassword=[secret]&note=pass&csrf=&flag';
    expect(hideSecrets(form, 'application/x-www-form-urlencoded; charset=utf-8')).toBe(hidden);
  });

  test('of a form with files', () => {
    const part = (name: string, value: string): string =>
      `--Xy1\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const type = 'multipart/form-data; boundary=Xy1';
    expect(hideSecrets(`${part('user', 'ada')}${part('password', 'hunter2\r\nx')}--Xy1--\r\n`, type)).toBe(
      `${part('user', 'ada')}${part('password', '[secret]')}--Xy1--\r\n`,
    );
  });

  test('of JSON, whatever stands around it', () => {
    const json = String.raw`{"user": "a\"b", "password" : "hun\"ter2", "pin": 1234, "nested": {"clientSecret":"x", "page": 2},
      "apiKey": ["k1", "k2"], "session": {"id": 7, "name": "n"}, "token": null, "secret": "", "next": "password"}`;
    const hidden = String.raw`{"user": "a\"b", "password" : "[secret]", "pin": "[secret]", "nested": {"clientSecret":"[secret]", "page": 2},
      "apiKey": ["[secret]", "[secret]"], "session": {"id": 7, "name": "n"}, "token": null, "secret": "", "next": "password"}`;
    expect(hideSecrets(json, 'application/json')).toBe(hidden);
    expect(hideSecrets(' [{"password":"x"}]', '')).toBe(' [{"password":"[secret]"}]');
  });

  test('of JSON that is cut off within it', () => {
    expect(hideSecrets('{"a":1,"password":"hunt', 'application/json')).toBe('{"a":1,"password":"[secret]"');
    expect(hideSecrets('{"password":"hunt\\', 'application/json')).toBe('{"password":"[secret]"');
  });

  test('but an error’s code and a record’s key are none', () => {
    const json = '{"code":"NOT_FOUND","key":"PROJ-1","status":{"code":404}}';
    expect(hideSecrets(json, 'application/problem+json')).toBe(json);
    expect(hideSecrets('{"code":"0.AXoAq1b2c3d4e5f6g7h8i9j0"}', 'application/json')).toBe('{"code":"[secret]"}');
  });

  test('of XML and of a page', () => {
    const xml = '<u:Login><u:Name>ada</u:Name><wsse:Password Type="t">hunter2</wsse:Password></u:Login>';
    expect(hideSecrets(xml, 'text/xml')).toBe(xml.replace('hunter2', '[secret]'));
    const page =
      '<p><code>x = 1</code><input name=q value="y"><input type="password" value=\'hunter2\'><input name="csrf_token" value=abc>';
    expect(hideSecrets(page, 'text/html')).toBe(
      '<p><code>x = 1</code><input name=q value="y"><input type="password" value="[secret]"><input name="csrf_token" value="[secret]">',
    );
  });

  test('of what XML and pages put in another way', () => {
    const xml = '<password><![CDATA[hun]ter<2]]></password><name><![CDATA[ada]]></name><pin>\n<![CDATA[1234';
    expect(hideSecrets(xml, 'text/xml')).toBe('<password>[secret]</password><name><![CDATA[ada]]></name><pin>[secret]');
    const input = '<input type="password" data-type="x" data-value="1" value="hunter2" name=q>';
    expect(hideSecrets(input, 'text/html')).toBe(input.replace('hunter2', '[secret]'));
  });

  test('of a token, wherever it stands', () => {
    expect(hideSecrets(`let x = '${TOKEN}';`, 'text/javascript')).toBe("let x = '[secret]';");
  });

  test('in time that grows with the body, not with its square', () => {
    const began = performance.now();
    for (const [unit, type] of [
      ['"\\"\\', 'application/json'],
      ['"password":[', 'application/json'],
      ['<input value=', 'text/html'],
      ['<password ', 'text/xml'],
      ['<password><![CDATA[', 'text/xml'],
      ['<password><![CDATA[]', 'text/xml'],
      ['password=', 'application/x-www-form-urlencoded'],
    ] as const)
      hideSecrets(unit.repeat(200_000 / unit.length), type);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
