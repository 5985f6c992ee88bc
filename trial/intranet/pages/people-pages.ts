import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { renderPage } from './layout.ts';

interface Person {
  readonly id: string;
  readonly name: string;
  readonly job: string;
  readonly place: string;
  readonly phone: string;
  /** Hue of the picture, degrees. */
  readonly hue: number;
}

const PEOPLE: readonly Person[] = [
  { id: 'alice-archer', name: 'Alice Archer', job: 'Finance', place: 'Leeds, 2nd floor', phone: '2041', hue: 168 },
  { id: 'bob-baker', name: 'Bob Baker', job: 'Logistics', place: 'Leeds, dock', phone: '2077', hue: 28 },
  { id: 'ada-admin', name: 'Ada Admin', job: 'IT operations', place: 'Leeds, basement', phone: '2000', hue: 262 },
  { id: 'chen-wei', name: 'Chen Wei', job: 'Engineering', place: 'Delft, lab 4', phone: '3110', hue: 205 },
  { id: 'dora-duarte', name: 'Dora Duarte', job: 'People', place: 'Porto, 1st floor', phone: '4012', hue: 340 },
  { id: 'emre-ekici', name: 'Emre Ekici', job: 'Sales', place: 'Leeds, 3rd floor', phone: '2093', hue: 96 },
];

function face({ name, hue }: Person): Html {
  const initials = name
    .split(' ')
    .map((word) => word[0] ?? '')
    .join('');
  return html`<span class="face" style="background: hsl(${hue} 45% 38%)" aria-hidden="true">${initials}</span>`;
}

/** Everyone, each behind an absolute link to the intranet's own address, as many an old application writes them. */
export function directoryPage(origin: string): string {
  const cards = PEOPLE.map(
    (person) =>
      html`<li class="card">
        ${face(person)}
        <div>
          <a class="name" href="${origin}/people/${person.id}">${person.name}</a>
          <p class="small">${person.job} · ext. ${person.phone}</p>
        </div>
      </li>`,
  );
  return renderPage({
    title: 'People',
    lead: 'Who works here, and how to reach them.',
    section: '/',
    body: html`<ul class="grid">
        ${cards}
      </ul>
      <section class="card">
        <h2>About the links on this page</h2>
        <p class="small">
          The names link to <code>${origin}</code>, the address inside the company network. The menu uses paths alone.
          <a href="/old-address">This one</a> answers with a redirect to the inside address.
        </p>
      </section>`,
  });
}

/** One person, or undefined where nobody has this id. */
export function personPage(id: string): string | undefined {
  const person = PEOPLE.find((candidate) => candidate.id === id);
  if (!person) return undefined;
  return renderPage({
    title: person.name,
    lead: person.job,
    section: '/',
    body: html`<section class="card">
        <table>
          <tr>
            <th scope="row">Place</th>
            <td>${person.place}</td>
          </tr>
          <tr>
            <th scope="row">Extension</th>
            <td>${person.phone}</td>
          </tr>
        </table>
      </section>
      <p><a href="/">Back to everyone</a></p>`,
  });
}
