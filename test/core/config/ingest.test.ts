import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../lib/core/config/schema.ts";

const AWS = `accounts:
  - provider: aws
    account: "444455556666"
    regions: [us-east-1]
`;

describe("the section ingest", () => {
  const withIngest = (section: string): string => `${AWS}ingest:\n${section}`;

  test("keeps what it says, and knows EventGrid's header", () => {
    const text = withIngest(`  url: https://hooks.example.com/tags
  alibabaEventBridge: { tokens: ["secret:tagwarden/ingest#token"] }
  huaweiSmn: { topics: ["urn:smn:cn-north-4:0f1e2d:tagwarden"] }
  huaweiEventGrid: { secrets: ["env:GRID", "env:GRID_NEXT"] }
  signedEvents: { secrets: ["file:secrets.json#events"] }
`);
    expect(parseConfig("config.yaml", text).ingest).toEqual({
      url: "https://hooks.example.com/tags",
      alibabaEventBridge: { tokens: ["secret:tagwarden/ingest#token"] },
      huaweiSmn: { topics: ["urn:smn:cn-north-4:0f1e2d:tagwarden"] },
      huaweiEventGrid: { header: "x-tagwarden-secret", secrets: ["env:GRID", "env:GRID_NEXT"] },
      signedEvents: { secrets: ["file:secrets.json#events"] },
    });
  });

  test("says whose resources a sender may tell of", () => {
    const text = withIngest('  signedEvents: { secrets: ["env:A"], accounts: ["444455556666"] }');
    expect(parseConfig("config.yaml", text).ingest?.signedEvents?.accounts).toEqual(["444455556666"]);
  });

  test.each([
    [
      "an account that isn't configured",
      '  signedEvents: { secrets: ["env:A"], accounts: ["111122223333"] }',
      /6:50: .*names no account that stands under/,
    ],
    [
      "another cloud's account",
      '  huaweiEventGrid: { secrets: ["env:A"], accounts: ["444455556666"] }',
      /names no account of huawei/,
    ],
    ["no account", '  signedEvents: { secrets: ["env:A"], accounts: [] }', /must name at least one account/],
    ["a literal secret", '  signedEvents: { secrets: ["hunter2hunter2hunter2"] }', /6:29: .*literal secret/],
    ["no secret", "  signedEvents: { secrets: [] }", /must name at least one/],
    ["three secrets", '  signedEvents: { secrets: ["env:A", "env:B", "env:C"] }', /at most two/],
    ["a topic that is no URN", "  huaweiSmn: { topics: [tagwarden] }", /must be urn:smn:REGION:PROJECT:NAME/],
    ["plain http", "  url: http://hooks.example.com", /must start with https:/],
    ["a slash at the end", "  url: https://hooks.example.com/", /end without a/],
    ["an unknown sender", "  gcp: {}", /gcp/],
  ])("refuses %s", (_, section, message) => {
    const read = () => parseConfig("config.yaml", withIngest(section));
    expect(read).toThrow(message);
    expect(read).not.toThrow(/hunter2/);
  });
});
