// fhir-kit-client and @medplum/core, as others wrote them, against a running engine: node fhir.mjs BASE TOKEN-ASSERTION
// Prints a line for each thing that works, and ends at the first that does not.
import assert from 'node:assert/strict';
import { Client as FhirClient } from 'fhir-kit-client';
import { MedplumClient } from '@medplum/core';

const [base, assertion] = process.argv.slice(2);
const done = (what) => console.log(`ok ${what}`);

const encounter = (visit, more = {}) => ({
  resourceType: 'Encounter',
  contained: [{
    resourceType: 'Patient',
    id: 'p',
    identifier: [{ system: 'https://acme.example.org/members', value: 'M0001' }],
    name: [{ family: 'TESTFAMILY1', given: ['GIVEN'] }],
    gender: 'female',
    birthDate: '1950-03-02',
  }],
  identifier: [{ system: 'https://mercy.example.org/visits', value: visit }],
  status: 'in-progress',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
  subject: { reference: '#p' },
  period: { start: '2026-03-02T07:00:00-05:00' },
  ...more,
});

const refused = async (what, status, work) => {
  try {
    await work();
  } catch (e) {
    if (status !== undefined) assert.equal(e.response?.status, status, what);
    done(`${what} is refused`);
    return e;
  }
  assert.fail(`${what} is not refused`);
};

// -- the token endpoint, by Medplum's own login ----------------------------------------------------------
const medplum = new MedplumClient({
  baseUrl: new URL(base).origin + '/',
  fhirUrlPath: new URL(base).pathname.slice(1),
  tokenUrl: `${base}/auth/token`,
  clientId: 'gateway',
  cacheTime: 0,
  fetch,
});
const answer = await fetch(`${base}/auth/token`, {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    scope: 'system/*.cruds',
  }),
});
assert.equal(answer.status, 200);
const token = (await answer.json()).access_token;
medplum.setAccessToken(token);
done('a token by fetch');

// -- fhir-kit-client --------------------------------------------------------------------------------------
const kit = new FhirClient({ baseUrl: base, bearerToken: token });

const capability = await kit.capabilityStatement();
assert.equal(capability.fhirVersion, '4.0.1');
done('fhir-kit-client: capability statement');
const smart = await kit.smartAuthMetadata();
assert.ok(String(smart.tokenUrl).endsWith('/auth/token'));
done('fhir-kit-client: SMART metadata');
const made = await kit.create({ resourceType: 'Encounter', body: encounter('K1') });
assert.equal(made.resourceType, 'Encounter');
assert.equal(made.meta.versionId, '1');
done('fhir-kit-client: create');
const read = await kit.read({ resourceType: 'Encounter', id: made.id });
assert.deepEqual(read.identifier, made.identifier);
done('fhir-kit-client: read');
const changed = await kit.update({
  resourceType: 'Encounter',
  id: made.id,
  body: { ...read, status: 'finished', period: { ...read.period, end: '2026-03-04T10:00:00-05:00' } },
});
assert.equal(changed.meta.versionId, '2');
done('fhir-kit-client: update');
await refused('fhir-kit-client: an old version', 412, () =>
  kit.update({ resourceType: 'Encounter', id: made.id, body: read, options: { headers: { 'If-Match': 'W/"1"' } } }));
await kit.create({ resourceType: 'Encounter', body: encounter('K2'), headers: { 'If-None-Exist': 'identifier=https://mercy.example.org/visits|K2' } });
await kit.create({ resourceType: 'Encounter', body: encounter('K2'), headers: { 'If-None-Exist': 'identifier=https://mercy.example.org/visits|K2' } });
const found = await kit.search({ resourceType: 'Encounter', searchParams: { identifier: 'https://mercy.example.org/visits|K2' } });
assert.equal(found.entry.length, 1);
done('fhir-kit-client: conditional create, and search');
for (let i = 0; i < 5; i++) await kit.create({ resourceType: 'Encounter', body: encounter(`P${i}`) });
let page = await kit.resourceSearch({ resourceType: 'Encounter', searchParams: { _count: 2 } });
let n = 0;
for (; page; page = page.link?.some((l) => l.relation === 'next') ? await kit.nextPage({ bundle: page }) : undefined)
  n += (page.entry ?? []).filter((e) => e.search?.mode !== 'outcome').length;
assert.equal(n, 7);
done('fhir-kit-client: pages');
const transaction = await kit.transaction({
  body: {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      { fullUrl: 'urn:uuid:11111111-1111-4111-8111-111111111111', resource: encounter('T1', { serviceProvider: { reference: 'urn:uuid:22222222-2222-4222-8222-222222222222' } }), request: { method: 'POST', url: 'Encounter' } },
      { fullUrl: 'urn:uuid:22222222-2222-4222-8222-222222222222', resource: { resourceType: 'Organization', name: 'Mercy' }, request: { method: 'POST', url: 'Organization' } },
    ],
  },
});
assert.equal(transaction.type, 'transaction-response');
assert.ok(transaction.entry.every((e) => e.response.status.startsWith('201')));
done('fhir-kit-client: transaction');
const verdict = await kit.operation({ resourceType: 'Encounter', name: 'validate', method: 'POST', input: encounter('V1') });
assert.equal(verdict.resourceType, 'OperationOutcome');
done('fhir-kit-client: $validate');
const wrong = await refused('fhir-kit-client: an unknown status', undefined, () =>
  kit.create({ resourceType: 'Encounter', body: encounter('W1', { status: 'bogus' }) }));
assert.equal(wrong.response.data.resourceType, 'OperationOutcome');
await kit.delete({ resourceType: 'Encounter', id: made.id });
await refused('fhir-kit-client: reading what was deleted', 410, () => kit.read({ resourceType: 'Encounter', id: made.id }));

// -- @medplum/core ----------------------------------------------------------------------------------------
const created = await medplum.createResource(encounter('M1'));
assert.equal(created.resourceType, 'Encounter');
done('@medplum/core: create');
assert.equal((await medplum.readResource('Encounter', created.id)).id, created.id);
done('@medplum/core: read');
const updated = await medplum.updateResource({ ...created, status: 'finished', period: { ...created.period, end: '2026-03-04T10:00:00-05:00' } });
assert.equal(updated.status, 'finished');
done('@medplum/core: update');
const once = () => medplum.createResourceIfNoneExist(encounter('M2'), 'identifier=https://mercy.example.org/visits|M2');
assert.equal((await once()).id, (await once()).id);
done('@medplum/core: conditional create');
const list = await medplum.searchResources('Encounter', { identifier: 'https://mercy.example.org/visits|M2' });
assert.equal(list.length, 1);
done('@medplum/core: search');
let pages = 0;
for await (const p of medplum.searchResourcePages('Encounter', { _count: '3' })) pages += p.length > 0;
assert.ok(pages >= 3);
done('@medplum/core: pages');
const batch = await medplum.executeBatch({
  resourceType: 'Bundle',
  type: 'batch',
  entry: ['B1', 'B2'].map((visit) => ({ resource: encounter(visit), request: { method: 'POST', url: 'Encounter' } })),
});
assert.equal(batch.type, 'batch-response');
assert.ok(batch.entry.every((e) => e.response.status.startsWith('201')));
done('@medplum/core: batch');
await medplum.deleteResource('Encounter', created.id);
await refused('@medplum/core: reading what was deleted', undefined, () => medplum.readResource('Encounter', created.id, { cache: 'reload' }));
console.log('all of it works');
