/** How many calls a cloud lets through: `burst` at once, refilled at `perSecond`. */
export interface Quota {
  readonly perSecond: number;
  readonly burst: number;
}

export interface QuotaMeter {
  /** Takes one call from that action's bucket; false where it is empty. */
  take(account: string, region: string, action: string): boolean;
  reset(): void;
}

const perSecond = (calls: number): Quota => ({ perSecond: calls, burst: calls });
const perMinute = (calls: number): Quota => ({ perSecond: calls / 60, burst: calls });

/** What reads and writes each cloud documents or shows in practice; docs/providers/assumptions.md says which. */
const HUAWEI_WRITES = perMinute(10);
const HUAWEI_READS = perSecond(200);

/** What counts per account, whatever the region. */
const ACCOUNT_WIDE: Readonly<Record<string, Quota>> = {
  "alibaba:tag": perSecond(20),
  "alibaba:resourcecenter": perSecond(10),
  "alibaba:resourcedirectory": perSecond(10),
  "huawei:tms": perSecond(20),
  "huawei:rms": perSecond(10),
  "huawei:organizations": perSecond(10),
  "huawei:sts": perSecond(10),
};

function accountWide(action: string): Quota | undefined {
  return ACCOUNT_WIDE[action.slice(0, action.lastIndexOf(":"))];
}

function quotaOf(action: string): Quota {
  const wide = accountWide(action);
  if (wide !== undefined) return wide;
  if (action.startsWith("alibaba:")) return perSecond(50);
  if (action.startsWith("aws:")) return perSecond(action.endsWith(":GetResources") ? 15 : 5);
  return /:List[A-Za-z0-9]+$/.test(action) ? HUAWEI_READS : HUAWEI_WRITES;
}

/** Token buckets by account, region (but for what counts account-wide) and action. */
export function createQuotaMeter(now: () => number): QuotaMeter {
  const buckets = new Map<string, { quota: Quota; left: number; at: number }>();
  return {
    take(account, region, action) {
      const key = `${account}\n${accountWide(action) === undefined ? region : ""}\n${action}`;
      const time = now();
      let bucket = buckets.get(key);
      if (bucket === undefined) {
        const quota = quotaOf(action);
        bucket = { quota, left: quota.burst, at: time };
        buckets.set(key, bucket);
      }
      const refill = ((time - bucket.at) / 1000) * bucket.quota.perSecond;
      bucket.left = Math.min(bucket.quota.burst, bucket.left + refill);
      bucket.at = time;
      if (bucket.left < 1) return false;
      bucket.left -= 1;
      return true;
    },
    reset: () => buckets.clear(),
  };
}
