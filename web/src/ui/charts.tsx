/** Charts of links: bars, and months as columns with a line over them. Every figure is text as well. */
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useI18n } from "../i18n";
import { Empty } from "./basics";

export interface Bar {
  name: string;
  value: number;
  href?: string;
  detail?: string;
}

export function Bars({ bars }: { bars: Bar[] }) {
  const { t, language } = useI18n();
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  const number = new Intl.NumberFormat(language);
  if (bars.length === 0) return <Empty title={t("statistics.none")} />;
  return (
    <ul className="bars">
      {bars.map((bar) => (
        <li key={bar.name}>
          {bar.href ? <Link href={bar.href}>{bar.name}</Link> : <span>{bar.name}</span>}
          <span className="bar-track" aria-hidden="true">
            <span className="bar-fill" style={{ width: `${(100 * bar.value) / most}%` }} />
          </span>
          <span className="bar-value">
            {number.format(bar.value)} {bar.detail && <span className="quiet">{bar.detail}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

export interface Point {
  name: string;
  /** The height of the column. */
  value: number;
  /** From 0 to 1; null where there is nothing to show. */
  share: number | null;
  /** What the column says beside its figure to those who cannot see it. */
  detail?: string;
  href?: string;
}

interface ColumnsProps {
  label: string;
  points: Point[];
  /** What the columns and the line are; without a line nothing has to be told apart. */
  legend?: [string, string];
}

/** The line's points where there are shares, in hundredths of the chart; a gap ends a stroke. */
export function strokes(points: readonly Pick<Point, "share">[]): string[] {
  const found: string[][] = [[]];
  points.forEach(({ share }, index) => {
    if (share === null) found.push([]);
    else found.at(-1)?.push(`${((index + 0.5) * 100) / points.length},${100 - share * 100}`);
  });
  return found.filter((one) => one.length > 1).map((one) => one.join(" "));
}

/** Columns with a line of shares over them. Each column and each point leads to its list. */
export function Columns({ label, points, legend }: ColumnsProps) {
  const { language } = useI18n();
  const most = Math.max(1, ...points.map(({ value }) => value));
  const number = new Intl.NumberFormat(language);
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  return (
    <figure className="columns-chart" aria-label={label}>
      <div className="columns-plot">
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">
          {strokes(points).map((stroke) => (
            <polyline key={stroke} points={stroke} />
          ))}
        </svg>
        {points.map(({ name, value, share, detail = "", href }) => (
          <div key={name} className="columns-one">
            <Column href={href} label={`${name}: ${number.format(value)} ${detail}`.trim()}>
              <span className="columns-value">{number.format(value)}</span>
              <span className="columns-fill" style={{ height: `${(100 * value) / most}%` }} />
            </Column>
            {share !== null && href && legend && (
              <Link
                href={href}
                className="columns-point"
                style={{ bottom: `${share * 100}%` }}
                aria-label={`${name}: ${legend[1]} ${percent.format(share)}`}
                title={percent.format(share)}
              />
            )}
          </div>
        ))}
      </div>
      <div className="columns-names" aria-hidden="true">
        {points.map(({ name }) => (
          <span key={name}>{name}</span>
        ))}
      </div>
      {legend && (
        <figcaption className="quiet">
          <span className="legend legend-bar" /> {legend[0]} <span className="legend legend-line" /> {legend[1]}
        </figcaption>
      )}
    </figure>
  );
}

function Column({ href, label, children }: { href: string | undefined; label: string; children: ReactNode }) {
  return href ? (
    <Link href={href} className="columns-bar" aria-label={label}>
      {children}
    </Link>
  ) : (
    <div className="columns-bar" role="img" aria-label={label}>
      {children}
    </div>
  );
}
