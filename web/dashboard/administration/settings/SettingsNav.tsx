import { useEffect, useRef } from "react";
import { Link, useRoute } from "wouter";
import classes from "./settings.module.css";
import type { SettingsPage } from "./settingsPages";

/** The pages of the settings, in groups; on a narrow screen one line that scrolls. */
export function SettingsNav({ pages }: { pages: readonly SettingsPage[] }) {
  const groups = [...new Set(pages.map((page) => page.group))];
  return (
    <nav className={classes.nav} aria-label="Settings">
      {groups.map((group) => (
        <div key={group} className={classes.group}>
          <span className={classes.groupName} aria-hidden>
            {group}
          </span>
          {pages
            .filter((page) => page.group === group)
            .map((page) => (
              <NavLink key={page.link} page={page} />
            ))}
        </div>
      ))}
    </nav>
  );
}

function NavLink({ page }: { page: SettingsPage }) {
  const [here] = useRoute(`${page.link}/*?`);
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (here) link.current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [here]);
  return (
    <Link ref={link} href={page.link} className={classes.link} aria-current={here ? "page" : undefined}>
      <page.icon size={18} stroke={1.7} aria-hidden />
      {page.name}
    </Link>
  );
}
