import { ActionIcon, Button, FileButton, Group, Menu } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconDots, IconSchool, IconUpload, IconWorldDownload } from "@tabler/icons-react";
import { ImportPage } from "./ImportPage";
import { TeachPair } from "./learning/TeachPair";
import { useMayTeach } from "./reads";
import { uploadQueue } from "./uploads/uploadQueue";

const KINDS = ".pdf,.docx,.html,.htm,.md,.txt,.json,.csv,.xlsx";

/** What adds to the knowledge base: files, a page of the web, a pair. */
export function Actions() {
  const mayTeach = useMayTeach();
  const narrow = useMediaQuery("(max-width: 640px)");
  const [importing, importer] = useDisclosure();
  const [teaching, teacher] = useDisclosure();
  const others = [
    ...(mayTeach ? [{ name: "Teach an answer", Sign: IconSchool, open: teacher.open }] : []),
    { name: "Import a web page", Sign: IconWorldDownload, open: importer.open },
  ];
  return (
    <Group gap="xs">
      {!narrow &&
        others.map(({ name, Sign, open }) => (
          <Button key={name} variant="default" leftSection={<Sign {...SIGN} />} onClick={open}>
            {name}
          </Button>
        ))}
      <FileButton onChange={(files) => uploadQueue.add(files)} accept={KINDS} multiple>
        {(props) => (
          <Button {...props} leftSection={<IconUpload {...SIGN} />}>
            Add documents
          </Button>
        )}
      </FileButton>
      {narrow && (
        <Menu position="bottom-end" withArrow>
          <Menu.Target>
            <ActionIcon variant="default" size={36} aria-label="Other ways to add">
              <IconDots {...SIGN} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map(({ name, Sign, open }) => (
              <Menu.Item key={name} leftSection={<Sign {...SIGN} />} onClick={open}>
                {name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <ImportPage opened={importing} onClose={importer.close} />
      <TeachPair opened={teaching} onClose={teacher.close} />
    </Group>
  );
}

const SIGN = { size: 18, stroke: 1.7, "aria-hidden": true };
