import type { Page, PageQuery } from '#contracts/common.ts';
import type { ValidationReport } from '#contracts/validation.ts';

export interface ReportPages {
  readonly report: ValidationReport;
  readonly html: string;
}

/** Where data-quality reports are kept, by project and id. */
export interface ReportArchive {
  find(project: string, id: string): Promise<ValidationReport | undefined>;
  /** The page is stored before the report: who finds the report may count on both. */
  save(project: string, id: string, pages: ReportPages): Promise<void>;
  /** Newest first. */
  list(project: string, page: PageQuery): Promise<Page<ValidationReport>>;
  /** An address of the page that needs no key, for a while. */
  pageUrl(project: string, id: string, validSeconds: number): Promise<string>;
  /** s3://…/{id}.json; the page is {id}.html beside it. */
  uri(project: string, id: string): string;
}
