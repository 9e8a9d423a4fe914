/* HAPI's FHIR client, as others wrote it, against a running engine: Interop BASE TOKEN. Prints a line for each thing that works, and
 * ends at the first that does not. */
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.api.SummaryEnum;
import ca.uhn.fhir.rest.client.api.IGenericClient;
import ca.uhn.fhir.rest.client.api.ServerValidationModeEnum;
import ca.uhn.fhir.rest.client.interceptor.BearerTokenAuthInterceptor;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.PreconditionFailedException;
import ca.uhn.fhir.rest.server.exceptions.ResourceGoneException;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;

public class Interop {
	private static final String VISITS = "https://mercy.example.org/visits";

	private static void check(boolean good, String what) {
		if (!good)
			throw new AssertionError(what);
		System.out.println("ok HAPI: " + what);
	}

	private static Encounter encounter(String visit) {
		Encounter e = new Encounter();
		Patient p = new Patient();

		p.addIdentifier().setSystem("https://acme.example.org/members").setValue("M0002");
		p.addName().setFamily("TESTFAMILY2").addGiven("GIVEN");
		p.getBirthDateElement().setValueAsString("1950-03-02");
		e.addIdentifier().setSystem(VISITS).setValue(visit);
		e.setStatus(Encounter.EncounterStatus.INPROGRESS);
		e.getClass_().setSystem("http://terminology.hl7.org/CodeSystem/v3-ActCode").setCode("IMP");
		e.setSubject(new Reference(p));
		e.getPeriod().getStartElement().setValueAsString("2026-03-02T07:00:00-05:00");
		return e;
	}

	private interface Work {
		void run();
	}

	private static void refused(Class<? extends BaseServerResponseException> kind, String what, Work work) {
		try {
			work.run();
		} catch (BaseServerResponseException e) {
			check(kind.isInstance(e), what + " is refused" + (kind.isInstance(e) ? "" : " otherwise: " + e.getMessage()));
			return;
		}
		throw new AssertionError(what + " is not refused");
	}

	private static void resources(IGenericClient c, String how) {
		MethodOutcome made = c.create().resource(encounter("H1" + how)).execute();
		Encounter read;

		check(made.getCreated() && made.getId().getVersionIdPart().equals("1"), "create" + how);
		read = c.read().resource(Encounter.class).withId(made.getId().getIdPart()).execute();
		check(read.getIdentifierFirstRep().getValue().equals("H1" + how), "read" + how);
		Encounter old = read.copy();
		read.setStatus(Encounter.EncounterStatus.FINISHED);
		read.getPeriod().getEndElement().setValueAsString("2026-03-04T10:00:00-05:00");
		check(c.update().resource(read).execute().getId().getVersionIdPart().equals("2"), "update" + how);
		refused(PreconditionFailedException.class, "an old version" + how,
			() -> c.update().resource(old).execute()); /* the version in its id becomes If-Match */
		c.create().resource(encounter("H2" + how)).conditional()
			.where(Encounter.IDENTIFIER.exactly().systemAndIdentifier(VISITS, "H2" + how)).execute();
		c.create().resource(encounter("H2" + how)).conditional()
			.where(Encounter.IDENTIFIER.exactly().systemAndIdentifier(VISITS, "H2" + how)).execute();
		Bundle found = c.search().forResource(Encounter.class)
			.where(Encounter.IDENTIFIER.exactly().systemAndIdentifier(VISITS, "H2" + how))
			.returnBundle(Bundle.class).execute();
		check(found.getEntry().size() == 1, "conditional create, and search" + how);
		c.delete().resourceById("Encounter", made.getId().getIdPart()).execute();
		refused(ResourceGoneException.class, "reading what was deleted" + how,
			() -> c.read().resource(Encounter.class).withId(made.getId().getIdPart()).execute());
	}

	private static void bundles(IGenericClient c) {
		Bundle b = new Bundle();
		Encounter e = encounter("H3");
		int n = 0;

		e.setServiceProvider(new Reference("urn:uuid:33333333-3333-4333-8333-333333333333"));
		b.setType(Bundle.BundleType.TRANSACTION);
		b.addEntry().setFullUrl("urn:uuid:44444444-4444-4444-8444-444444444444").setResource(e)
			.getRequest().setMethod(Bundle.HTTPVerb.POST).setUrl("Encounter");
		b.addEntry().setFullUrl("urn:uuid:33333333-3333-4333-8333-333333333333")
			.setResource(new Organization().setName("Mercy"))
			.getRequest().setMethod(Bundle.HTTPVerb.POST).setUrl("Organization");
		Bundle answer = c.transaction().withBundle(b).execute();
		check(answer.getType() == Bundle.BundleType.TRANSACTIONRESPONSE && answer.getEntry().size() == 2, "transaction");
		for (int i = 0; i < 5; i++)
			c.create().resource(encounter("HP" + i)).execute();
		Bundle page = c.search().forResource(Encounter.class).count(2).returnBundle(Bundle.class).execute();
		while (true) {
			for (Bundle.BundleEntryComponent entry : page.getEntry())
				n += entry.getResource() instanceof Encounter ? 1 : 0;
			if (page.getLink(Bundle.LINK_NEXT) == null)
				break;
			page = c.loadPage().next(page).execute();
		}
		Bundle count = c.search().forResource(Encounter.class).summaryMode(SummaryEnum.COUNT).returnBundle(Bundle.class).execute();
		check(n >= 6 && count.getTotal() == n, "pages of " + n);
	}

	public static void main(String[] args) {
		FhirContext context = FhirContext.forR4();
		context.getRestfulClientFactory().setServerValidationMode(ServerValidationModeEnum.ONCE);
		context.getRestfulClientFactory().setSocketTimeout(60000);
		IGenericClient c = context.newRestfulGenericClient(args[0]);

		c.registerInterceptor(new BearerTokenAuthInterceptor(args[1]));
		check(c.capabilities().ofType(CapabilityStatement.class).execute().getFhirVersion().toCode().equals("4.0.1"), "capability statement");
		c.setEncoding(EncodingEnum.JSON);
		resources(c, "-json");
		c.setEncoding(EncodingEnum.XML);
		resources(c, "-xml");
		c.setEncoding(EncodingEnum.JSON);
		bundles(c);
		check(c.validate().resource(encounter("HV")).execute().getOperationOutcome() instanceof OperationOutcome, "$validate");
		System.out.println("HAPI: all of it works");
	}
}
