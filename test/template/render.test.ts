import { expect, test } from 'vitest';
import { formatError, ManyErrors, TemplateError } from '../../engine/errors.ts';
import { reveal, secret } from '../../engine/secrets/secret.ts';
import { renderTemplate } from '../../engine/template/render.ts';

const render = (source: string, variables: Record<string, unknown> = {}) =>
  renderTemplate({ source, file: 'templates/x.hbs', variables });

const refusal = (source: string, variables: Record<string, unknown> = {}): string => {
  try {
    render(source, variables);
  } catch (error) {
    return formatError(error);
  }
  throw new Error('it was rendered');
};

test('nothing is escaped: a configuration file is no HTML', () => {
  expect(render('a={{a}}\n', { a: `<'"&=\`>` }).text).toBe(`a=<'"&=\`>\n`);
});

test('numbers that stand side by side are joined, not added', () => {
  expect(render('{{a}}{{b}}', { a: 1, b: 2 }).text).toBe('12');
});

test('lists, conditions and their else branches are rendered', () => {
  const source = `{{#each members as |m i|}}{{#if i}},{{/if}}{{m.name}}={{../scheme}}://{{m.ip}}{{/each}}
{{#unless tls}}plain{{else}}tls{{/unless}} {{#with first}}{{name}}{{/with}}
{{#each nobody}}x{{else}}none{{/each}} {{@root.scheme}}
`;
  const members = [
    { name: 'a', ip: '10.0.0.1' },
    { name: 'b', ip: '10.0.0.2' },
  ];
  const variables = { members, scheme: 'https', tls: false, first: members[0], nobody: [] };
  expect(render(source, variables).text).toMatchInlineSnapshot(`
    "a=https://10.0.0.1,b=https://10.0.0.2
    plain a
    none https
    "
  `);
});

test('objects are iterated with their keys', () => {
  const source = '{{#each flags}}--{{@key}}={{this}} {{/each}}';
  expect(render(source, { flags: { v: 2, port: 80 } }).text).toBe('--v=2 --port=80 ');
});

test('the functions give data, lists and comparisons', () => {
  const source = [
    '{{json data}}',
    '{{yaml data}}',
    'x: {{indent lines 3}}',
    '{{join list "+"}}',
    '{{default nothing "there"}}',
    '{{#if (and (eq list.[0] "a") (not off) (ne 1 2) (or off list))}}yes{{/if}}',
  ].join('\n');
  const data = { mode: '0644', enabled: 'yes', port: 80, none: null };
  const variables = { data, lines: 'a\nb\n', list: ['a', 'b'], off: false };
  expect(render(source, variables).text).toMatchInlineSnapshot(`
    "{"mode":"0644","enabled":"yes","port":80,"none":null}
    mode: "0644"
    enabled: "yes"
    port: 80
    none: null
    x: a
       b

    a+b
    there
    yes"
  `);
});

test('a secret is revealed only into the output, which is then secret', () => {
  const password = secret('hunter2');
  expect(render('p={{password}}', { password })).toEqual({ text: 'p=hunter2', secret: true });
  expect(render('p={{json all}}', { all: { password } })).toEqual({
    text: 'p={"password":"hunter2"}',
    secret: true,
  });
  expect(render('{{#each list}}{{this}}{{/each}}', { list: [password] }).secret).toBe(true);
  expect(render('p={{user}}', { user: 'root', password })).toEqual({
    text: 'p=root',
    secret: false,
  });
  expect(reveal(password)).toBe('hunter2');
});

test('a variable that was not passed is refused with its place and the nearest name', () => {
  expect(refusal('a\nport {{ prot }}\n', { port: 1 })).toMatchInlineSnapshot(`
    "templates/x.hbs:2:9  'prot' is used, but was not passed
      hint: did you mean 'port'?"
  `);
});

test('all missing names are reported together, also inside #if and #each', () => {
  const source = `{{#if nope}}{{hidden}}{{/if}}
{{#each list as |item|}}{{item.nmae}} {{../other}}{{/each}}
{{#each empty}}{{/each}}{{#each nobody}}{{anything}}{{@root.gone}}{{/each}}`;
  const variables = { list: [{ name: 'a' }, { name: 'b' }], nobody: [] };
  expect(refusal(source, variables)).toMatchInlineSnapshot(`
    "templates/x.hbs:1:7  'nope' is used, but was not passed
      hint: pass it in vars, or write {{default x ''}} where it may be absent; there is list, nobody
    templates/x.hbs:1:15  'hidden' is used, but was not passed
      hint: pass it in vars, or write {{default x ''}} where it may be absent; there is list, nobody
    templates/x.hbs:2:27  'item' has no 'nmae'
      hint: did you mean 'name'?
    templates/x.hbs:2:41  'other' is used, but was not passed
      hint: pass it in vars, or write {{default x ''}} where it may be absent; there is list, nobody
    templates/x.hbs:3:9  'empty' is used, but was not passed
      hint: pass it in vars, or write {{default x ''}} where it may be absent; there is list, nobody
    templates/x.hbs:3:55  'gone' is used, but was not passed
      hint: pass it in vars, or write {{default x ''}} where it may be absent; there is list, nobody"
  `);
});

test('a value that is no text is refused where it stands', () => {
  expect(refusal('a {{list}}', { list: [1] })).toMatchInlineSnapshot(`
    "templates/x.hbs:1:3  list: the value is a list
      hint: only text, numbers and booleans can stand here; for data write {{json x}}"
  `);
  expect(refusal('\n{{o.p}}', { o: { p: undefined } })).toMatchInlineSnapshot(`
    "templates/x.hbs:2:1  o.p: the value is undefined
      hint: only text, numbers and booleans can stand here; for data write {{json x}}"
  `);
  expect(refusal('{{#if o}}{{o}}{{/if}}', { o: { p: 1 } })).toMatchInlineSnapshot(`
    "templates/x.hbs:1:10  o: the value is an object
      hint: only text, numbers and booleans can stand here; for data write {{json x}}"
  `);
});

test('what is not reached may be empty', () => {
  const source = '{{#if tls}}{{tls.cert}}{{/if}}{{#unless port}}none{{else}}{{port}}{{/unless}}';
  expect(render(source, { tls: null, port: undefined }).text).toBe('none');
});

test('names of the prototype are not there', () => {
  expect(refusal('{{constructor}}')).toContain("'constructor' is used, but was not passed");
  expect(refusal('{{a.toString}}', { a: {} })).toContain("'a' has no 'toString'");
});

test('unknown functions, blocks and includes are refused', () => {
  expect(refusal('{{jsn x}}', { x: 1 })).toMatchInlineSnapshot(`
    "templates/x.hbs:1:1  no function 'jsn'
      hint: did you mean 'json'?"
  `);
  expect(refusal('{{#list}}{{/list}}', { list: [] })).toMatchInlineSnapshot(`
    "templates/x.hbs:1:1  no block #list
      hint: there are if, unless, each, with"
  `);
  expect(refusal('{{> header}}')).toMatchInlineSnapshot(`
    "templates/x.hbs:1:1  templates do not include others
      hint: make the text in TypeScript with the tagged text\`…\` and pass it"
  `);
  expect(refusal('{{{x}}}', { x: 1 })).toMatchInlineSnapshot(`
    "templates/x.hbs:1:1  three braces are not needed: nothing is escaped
      hint: write {{ }}"
  `);
  expect(refusal('{{join x}}', { x: 1 })).toMatchInlineSnapshot(
    `"templates/x.hbs:1:1  join takes a list"`,
  );
  expect(refusal('{{indent x}}', { x: 'a' })).toMatchInlineSnapshot(
    `"templates/x.hbs:1:1  indent takes 2 arguments"`,
  );
});

test('a template that does not parse is refused with its line', () => {
  expect(refusal('a\n{{#if x}}\n', { x: 1 })).toMatchInlineSnapshot(`
    "templates/x.hbs:3:1  the template does not parse
      hint: is each #block closed?"
  `);
  expect(refusal('a\n{{x}\n', { x: 1 })).toMatchInlineSnapshot(`
    "templates/x.hbs:2:1  the template does not parse
      hint: look for braces that do not match"
  `);
});

test('only a text is compiled: an object would be run', () => {
  const program = { type: 'Program', body: [] } as unknown;
  expect(() => render(program as string)).toThrow(TypeError);
});

test('one mistake is a TemplateError, several are ManyErrors', () => {
  expect(() => render('{{a}}')).toThrow(TemplateError);
  expect(() => render('{{a}}{{b}}')).toThrow(ManyErrors);
});
