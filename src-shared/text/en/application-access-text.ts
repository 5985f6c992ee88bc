/** Who may enter an application, beside people picked by their names. */
export const applicationAccessText = {
  others: 'Groups, claims and programs',
  kind: 'Let in',
  kinds: { User: 'A person', Group: 'A group', ServicePrincipal: 'A program', Claim: 'Whoever has a claim' },
  idOf: {
    User: 'Object id of the person',
    Group: 'Object id of the group',
    ServicePrincipal: 'Client id of the program',
    Claim: 'Claim and value, such as department=Finance',
  },
  role: 'Role',
  noRole: 'No role',
  assign: 'Assign',
};
