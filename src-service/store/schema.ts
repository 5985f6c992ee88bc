import type { Generated } from 'kysely';

/** The tables, as columns hold them: times in ms since the epoch, booleans as 0 and 1, lists and objects as JSON text. */
export interface DatabaseSchema {
  applications: ApplicationTable;
  application_addresses: ApplicationAddressTable;
  application_logos: ApplicationLogoTable;
  app_role_assignments: AppRoleAssignmentTable;
  connector_groups: ConnectorGroupTable;
  connectors: ConnectorTable;
  enrolment_tokens: EnrolmentTokenTable;
  users: UserTable;
  sessions: SessionTable;
  session_applications: SessionApplicationTable;
  user_revocations: UserRevocationTable;
  used_values: UsedValueTable;
  keys: KeyTable;
  certificates: CertificateTable;
  acme_hosts: AcmeHostTable;
  idempotent_answers: IdempotentAnswerTable;
  audit_records: AuditTable;
  service_values: ServiceValueTable;
}

interface ApplicationTable {
  id: string;
  app_id: string;
  display_name: string;
  created_at_ms: number;
  app_role_assignment_required: number;
  /** JSON. */
  app_roles: string;
  connector_group_id: string;
  external_url: string;
  /** Host and path of the external URL; `application_addresses` holds those of the segments too. */
  external_address: string;
  internal_url: string;
  /** The other fields of `onPremisesPublishing`, JSON. Absent ones take their defaults, so that a new field needs no migration. */
  publishing: string;
  /** The other fields of the application itself, JSON. Absent ones take their defaults likewise. */
  properties: Generated<string>;
  /** Names the content of the row in `application_logos`; null where there is none. */
  logo_tag: Generated<string | null>;
}

/** Every external address that is taken. */
interface ApplicationAddressTable {
  /** Host and path in canonical form: what the router decides by. Unique over all applications. */
  external_address: string;
  application_id: string;
}

interface ApplicationLogoTable {
  application_id: string;
  media_type: string;
  octets: Uint8Array;
}

interface AppRoleAssignmentTable {
  id: string;
  application_id: string;
  principal_id: string;
  principal_type: 'User' | 'Group' | 'ServicePrincipal' | 'Claim';
  /** Whose user, group or claim the principal is. */
  identity_provider_id: string;
  principal_display_name: string;
  app_role_id: string;
  created_at_ms: number;
}

interface ConnectorGroupTable {
  id: string;
  name: string;
  /** The name in lower case. Unique. */
  name_key: string;
  is_default: number;
  created_at_ms: number;
}

interface ConnectorTable {
  id: string;
  display_name: string;
  machine_name: string;
  version: string;
  connector_group_id: string;
  certificate_serial: string;
  certificate_expires_at_ms: number;
  created_at_ms: number;
  last_seen_at_ms: number | null;
  external_ip: string | null;
  /** The token that it enrolled with, which may be deleted since; null for an administrator's enrolment. */
  enrolment_token_id: string | null;
  /** Whether it takes no new requests. */
  is_draining: number;
  /** Since when its certificate is worth nothing; null where it is good. */
  revoked_at_ms: number | null;
  operating_system: string | null;
  /** That of a renewal, which becomes the certificate when the connector shows it; null where there is none. */
  next_certificate_serial: string | null;
  next_certificate_expires_at_ms: number | null;
}

interface EnrolmentTokenTable {
  id: string;
  /** SHA-256 of the token in hexadecimal; the token itself is nowhere. Unique. */
  token_hash: string;
  connector_group_id: string;
  max_uses: number;
  uses: number;
  created_at_ms: number;
  expires_at_ms: number;
  created_by: string;
  /** What it is for; null in records that are older than the column. */
  display_name: string | null;
}

interface UserTable {
  id: string;
  /** With the id the key: ids are unique at one provider only. */
  identity_provider_id: string;
  display_name: string;
  user_principal_name: string;
  last_seen_at_ms: number | null;
}

interface SessionTable {
  id: string;
  user_id: string;
  tenant_id: string;
  display_name: string;
  user_principal_name: string;
  groups: string;
  roles: string;
  created_at_ms: number;
  expires_at_ms: number;
  provider_session_id: string | null;
  /** Sealed. */
  id_token: Uint8Array | null;
  provider_id: string;
  provider_subject: string | null;
  /** Sealed. */
  refresh_token: Uint8Array | null;
  refreshed_at_ms: number;
  last_used_at_ms: number;
  user_agent: string;
  device_display_name: string;
  remote_address: string;
  authenticated_at_ms: number;
  acr: string | null;
  amr: string;
  /** Contexts that later tokens did not repeat, JSON. */
  proven_contexts: string;
  /** Hosts whose cookies of before a time are no longer good, JSON. */
  signed_out_hosts: string;
}

/** Which applications were opened with a session. */
interface SessionApplicationTable {
  session_id: string;
  application_id: string;
}

/** Access tokens that were issued to a user no later than this are refused. */
interface UserRevocationTable {
  user_id: string;
  /** With the id the key, as of users. */
  identity_provider_id: string;
  revoked_before_ms: number;
}

/** Values that are good once. */
interface UsedValueTable {
  /** SHA-256 over the value, base64url. */
  id: string;
  expires_at_ms: number;
}

interface KeyTable {
  id: string;
  purpose: string;
  /** Sealed. */
  secret: Uint8Array;
  public_text: string | null;
  created_at_ms: number;
}

interface CertificateTable {
  id: string;
  source: 'upload' | 'acme';
  /** SHA-256 over the certificate, hexadecimal. Unique. */
  thumbprint: string;
  /** PEM, the server's own certificate first. */
  chain: string;
  /** PKCS#8, sealed. */
  private_key: Uint8Array;
  created_at_ms: number;
}

interface AcmeHostTable {
  hostname: string;
  certificate_id: string | null;
  failures: number;
  last_problem: string | null;
  last_attempt_at_ms: number | null;
  next_attempt_at_ms: number;
}

/** What a request with an `Idempotency-Key` was answered. */
interface IdempotentAnswerTable {
  /** SHA-256 over whose key it is and the key, hexadecimal. */
  id: string;
  owner_id: string;
  /** SHA-256 over method, path and body, hexadecimal. */
  fingerprint: string;
  /** Where what was made is found; null where the answer doesn't say. */
  location: string | null;
  /** JSON, sealed: it may tell what is told only once. */
  body: Uint8Array;
  created_at_ms: number;
}

/** The database refuses changes of what is there, and what does not follow the last record. */
interface AuditTable {
  /** Rises with each record. */
  sequence: number;
  id: string;
  at_ms: number;
  activity_id: string;
  actor_id: string;
  actor_display_name: string;
  actor_kind: 'user' | 'application' | 'connector' | 'enrolmentToken' | 'service';
  /** IP address; null where nobody asked, and in records that are older than the column. */
  client_address: string | null;
  action: string;
  target_kind: string;
  target_id: string;
  before: string | null;
  after: string | null;
  /** That of the record before. */
  previous_hash: string;
  /** Over all the above (`auditHash`). */
  hash: string;
}

interface ServiceValueTable {
  name: string;
  number_value: number;
  sealed_value: Uint8Array | null;
}
