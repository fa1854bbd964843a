// Microsoft's own check of an unpacked Teams app: node manifest/check_with_node.cjs FOLDER, with its npm package beside it.
const path = require("path");

const folder = path.resolve(process.argv[2]);
const { AppManifestUtils } = require(require.resolve("@microsoft/app-manifest", { paths: [folder] }));

AppManifestUtils.readAndValidateTeamsManifest(path.join(folder, "manifest.json")).then(([manifest, wrong]) => {
  wrong.forEach((each) => console.error(each));
  if (!wrong.length) console.log(`manifest.json is what Microsoft's schema ${manifest.manifestVersion} accepts.`);
  process.exitCode = wrong.length ? 1 : 0;
});
