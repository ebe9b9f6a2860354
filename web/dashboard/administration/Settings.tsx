import { Redirect, Route, Switch } from "wouter";
import { useSignedIn } from "../api/session";
import { NotForYou } from "./parts/NotForYou";
import { mayDo, whoMay } from "./rights";
import { SettingsNav } from "./settings/SettingsNav";
import classes from "./settings/settings.module.css";
import { SETTINGS_PAGES } from "./settings/settingsPages";

/** Everything that can be set, a page for each subject. */
export default function Settings() {
  const { systemRole } = useSignedIn();
  const may = (page: (typeof SETTINGS_PAGES)[number]) => !page.right || mayDo(systemRole, page.right);
  return (
    <div className={classes.frame}>
      <SettingsNav pages={SETTINGS_PAGES.filter(may)} />
      <div className={classes.content}>
        <Switch>
          {SETTINGS_PAGES.map((page) => (
            <Route key={page.link} path={`${page.link}/*?`}>
              {may(page) ? (
                <page.component />
              ) : (
                <NotForYou title={page.name} who={page.right ? whoMay(page.right) : "nobody"} />
              )}
            </Route>
          ))}
          <Route>
            <Redirect to="/settings/account" replace />
          </Route>
        </Switch>
      </div>
    </div>
  );
}
