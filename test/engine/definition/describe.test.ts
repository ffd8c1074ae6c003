import { expect, test } from 'vitest';
import { salesforce } from '../../../src/collections/catalog.ts';
import { openDatabase } from '../../../src/index.ts';

/** The attributes of a field in the REST API's describe (@jsforce/jsforce-types, Field). */
const ATTRIBUTES =
  `aggregatable aiPredictionField autoNumber byteLength calculated calculatedFormula cascadeDelete caseSensitive
  compoundFieldName controllerName createable custom defaultValue defaultValueFormula defaultedOnCreate dependentPicklist
  deprecatedAndHidden digits displayLocationInDecimal encrypted externalId extraTypeInfo filterable filteredLookupInfo
  formulaTreatNullNumberAsZero groupable highScaleNumber htmlFormatted idLookup inlineHelpText label length mask maskType name
  nameField namePointing nillable permissionable picklistValues polymorphicForeignKey precision queryByDistance
  referenceTargetField referenceTo relationshipName relationshipOrder restrictedDelete restrictedPicklist scale
  searchPrefilterable soapType sortable type unique updateable writeRequiresMasterRead`.split(/\s+/);

test('describe tells every attribute that the API does, of every field', async () => {
  const db = await openDatabase({ name: 'describe', objects: salesforce });
  for (const { name } of db.describeGlobal().sobjects) {
    for (const field of db.collection(name as 'User').describe().fields) {
      const told = Object.keys(field);
      expect(
        ATTRIBUTES.filter((attribute) => !told.includes(attribute)),
        `${name}.${field.name}`,
      ).toEqual([]);
    }
  }
});

test('an encrypted field says how it is masked, and no other does', async () => {
  const db = await openDatabase({ name: 'describe', objects: salesforce });
  const masked = db.SOSSession.describe().fields.filter(({ maskType }) => maskType !== null);
  expect(masked).toMatchObject([{ name: 'OpentokSession', encrypted: true, mask: '*', maskType: 'all' }]);
});
