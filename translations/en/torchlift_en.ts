<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>QsciScintilla</name>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Undo</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Redo</translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation>Cu&amp;t</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Copy</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>&amp;Paste</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Delete</translation>
    </message>
    <message>
        <source>Select All</source>
        <translation>Select All</translation>
    </message>
</context>
<context>
    <name>TorchLift::AboutDialog</name>
    <message>
        <source>About TorchLift</source>
        <translation>About TorchLift</translation>
    </message>
    <message>
        <source>Moves PyTorch 1.0 code to PyTorch 2.7 and proves the result.</source>
        <translation>Moves PyTorch 1.0 code to PyTorch 2.7 and proves the result.</translation>
    </message>
    <message>
        <source>TorchLift&apos;s own source is under the MIT licence. QScintilla makes this window&apos;s program as a whole GPL-3.0. The file NOTICE says more.</source>
        <translation>TorchLift&apos;s own source is under the MIT licence. QScintilla makes this window&apos;s program as a whole GPL-3.0. The file NOTICE says more.</translation>
    </message>
</context>
<context>
    <name>TorchLift::ChangeBar</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 of %2</translation>
    </message>
    <message numerus="yes">
        <source>%n change(s)</source>
        <translation>
            <numerusform>%n change</numerusform>
            <numerusform>%n changes</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose a change to see why it is made</source>
        <translation>Choose a change to see why it is made</translation>
    </message>
    <message>
        <source>rule %1</source>
        <translation>rule %1</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Accept</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Reject</translation>
    </message>
    <message>
        <source>All of this rule</source>
        <translation>All of this rule</translation>
    </message>
    <message>
        <source>Accept every change that this rule makes</source>
        <translation>Accept every change that this rule makes</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Why</translation>
    </message>
    <message>
        <source>Show the release notes that this change rests on</source>
        <translation>Show the release notes that this change rests on</translation>
    </message>
    <message>
        <source>Previous change (Shift+F8)</source>
        <translation>Previous change (Shift+F8)</translation>
    </message>
    <message>
        <source>Next change (F8)</source>
        <translation>Next change (F8)</translation>
    </message>
    <message>
        <source>Make this change (Ctrl+Return)</source>
        <translation>Make this change (Ctrl+Return)</translation>
    </message>
    <message>
        <source>Leave the old code here (Ctrl+Backspace)</source>
        <translation>Leave the old code here (Ctrl+Backspace)</translation>
    </message>
</context>
<context>
    <name>TorchLift::ChangesModel</name>
    <message>
        <source>Line</source>
        <translation>Line</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Change</translation>
    </message>
    <message>
        <source>Symbol</source>
        <translation>Symbol</translation>
    </message>
    <message>
        <source>Broken in</source>
        <translation>Broken in</translation>
    </message>
    <message>
        <source>Safety</source>
        <translation>Safety</translation>
    </message>
    <message>
        <source>How it is known</source>
        <translation>How it is known</translation>
    </message>
    <message>
        <source>Proof</source>
        <translation>Proof</translation>
    </message>
</context>
<context>
    <name>TorchLift::ChunkDelegate</name>
    <message>
        <source>cited</source>
        <translation>cited</translation>
    </message>
</context>
<context>
    <name>TorchLift::ChunksModel</name>
    <message>
        <source>cited, not among the first %1</source>
        <translation>cited, not among the first %1</translation>
    </message>
    <message>
        <source>not ranked</source>
        <translation>not ranked</translation>
    </message>
    <message>
        <source>original</source>
        <translation>original</translation>
    </message>
    <message>
        <source>summary</source>
        <translation>summary</translation>
    </message>
    <message>
        <source>meaning #%1 (cosine %2)</source>
        <translation>meaning #%1 (cosine %2)</translation>
    </message>
    <message>
        <source>words #%1 (BM25 %2)</source>
        <translation>words #%1 (BM25 %2)</translation>
    </message>
    <message>
        <source>symbols #%1</source>
        <translation>symbols #%1</translation>
    </message>
</context>
<context>
    <name>TorchLift::DataDialog</name>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Remove</translation>
    </message>
    <message>
        <source>Files the code may read</source>
        <translation>Files the code may read</translation>
    </message>
    <message>
        <source>Code that is run sees nothing of this computer but what is named here. It stands beside the script under its own name and cannot be changed.</source>
        <translation>Code that is run sees nothing of this computer but what is named here. It stands beside the script under its own name and cannot be changed.</translation>
    </message>
    <message>
        <source>Add &amp;files …</source>
        <translation>Add &amp;files …</translation>
    </message>
    <message>
        <source>Add f&amp;older …</source>
        <translation>Add f&amp;older …</translation>
    </message>
    <message>
        <source>%1 (not there)</source>
        <translation>%1 (not there)</translation>
    </message>
    <message>
        <source>Folder that the code may read</source>
        <translation>Folder that the code may read</translation>
    </message>
    <message>
        <source>Files that the code may read</source>
        <translation>Files that the code may read</translation>
    </message>
</context>
<context>
    <name>TorchLift::Details</name>
    <message>
        <source>printed</source>
        <translation>printed</translation>
    </message>
    <message>
        <source>errors</source>
        <translation>errors</translation>
    </message>
    <message>
        <source>Old code, %1</source>
        <translation>Old code, %1</translation>
    </message>
    <message>
        <source>Migrated, %1</source>
        <translation>Migrated, %1</translation>
    </message>
    <message>
        <source>CUDA was mapped to the CPU.</source>
        <translation>CUDA was mapped to the CPU.</translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) compared</source>
        <translation>
            <numerusform>%n value compared</numerusform>
            <numerusform>%n values compared</numerusform>
        </translation>
    </message>
    <message>
        <source>Numerical noise was measured: the old code ran once more with its parameters moved by one unit in the last place.</source>
        <translation>Numerical noise was measured: the old code ran once more with its parameters moved by one unit in the last place.</translation>
    </message>
    <message>
        <source>Left out: printed numbers that vary by themselves</source>
        <translation>Left out: printed numbers that vary by themselves</translation>
    </message>
    <message>
        <source>Left out, varies by itself: %1</source>
        <translation>Left out, varies by itself: %1</translation>
    </message>
    <message>
        <source>First divergence</source>
        <translation>First divergence</translation>
    </message>
    <message>
        <source>None: every line that both ran assigned the same.</source>
        <translation>None: every line that both ran assigned the same.</translation>
    </message>
    <message>
        <source>Line %1, in the migrated code line %2</source>
        <translation>Line %1, in the migrated code line %2</translation>
    </message>
    <message>
        <source>run number %1 of it</source>
        <translation>run number %1 of it</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>Differences</translation>
    </message>
    <message>
        <source>Distribution: PSI %1, KL %2 in %3 bins: %4</source>
        <translation>Distribution: PSI %1, KL %2 in %3 bins: %4</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Runs</translation>
    </message>
    <message>
        <source>works</source>
        <translation>works</translation>
    </message>
    <message>
        <source>needs a CUDA card</source>
        <translation>needs a CUDA card</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>%1 MiB</source>
        <translation>%1 MiB</translation>
    </message>
    <message numerus="yes">
        <source>Seed %1, %n thread(s)</source>
        <translation>
            <numerusform>Seed %1, %n thread</numerusform>
            <numerusform>Seed %1, %n threads</numerusform>
        </translation>
    </message>
    <message>
        <source>This code asks for a CUDA card, and none is here. Run, Map CUDA to the CPU, runs it on the CPU in both versions.</source>
        <translation>This code asks for a CUDA card, and none is here. Run, Map CUDA to the CPU, runs it on the CPU in both versions.</translation>
    </message>
    <message>
        <source>line %1: %2</source>
        <translation>line %1: %2</translation>
    </message>
    <message>
        <source>deprecations</source>
        <translation>deprecations</translation>
    </message>
    <message>
        <source>warnings</source>
        <translation>warnings</translation>
    </message>
    <message>
        <source>Explained by: %1</source>
        <translation>Explained by: %1</translation>
    </message>
</context>
<context>
    <name>TorchLift::EmbeddingsDialog</name>
    <message>
        <source>Folder of a model</source>
        <translation>Folder of a model</translation>
    </message>
    <message>
        <source>Replace the model?</source>
        <translation>Replace the model?</translation>
    </message>
    <message>
        <source>%1 is installed already. It is replaced by what is in the folder.</source>
        <translation>%1 is installed already. It is replaced by what is in the folder.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Replace</translation>
    </message>
    <message>
        <source>%1 is deleted. It can be installed again.</source>
        <translation>%1 is deleted. It can be installed again.</translation>
    </message>
    <message>
        <source>Without it release notes are found by words and symbols only.</source>
        <translation>Without it release notes are found by words and symbols only.</translation>
    </message>
    <message>
        <source>It is in use: %1 takes its place.</source>
        <translation>It is in use: %1 takes its place.</translation>
    </message>
    <message>
        <source>Remove the model?</source>
        <translation>Remove the model?</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Remove</translation>
    </message>
    <message>
        <source>It has to be installed before it can be used.</source>
        <translation>It has to be installed before it can be used.</translation>
    </message>
    <message>
        <source>Trying it out …</source>
        <translation>Trying it out …</translation>
    </message>
    <message>
        <source>It works here: a release note takes %1 ms.</source>
        <translation>It works here: a release note takes %1 ms.</translation>
    </message>
    <message>
        <source>Cancelled. Installing it again goes on from there.</source>
        <translation>Cancelled. Installing it again goes on from there.</translation>
    </message>
    <message>
        <source>%1 is removed.</source>
        <translation>%1 is removed.</translation>
    </message>
    <message>
        <source>%1 is installed.</source>
        <translation>%1 is installed.</translation>
    </message>
    <message>
        <source>Install again</source>
        <translation>Install again</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>Install</translation>
    </message>
    <message>
        <source>%1 to download, %2 are free</source>
        <translation>%1 to download, %2 are free</translation>
    </message>
    <message>
        <source>Embedding models</source>
        <translation>Embedding models</translation>
    </message>
    <message>
        <source>Install from a folder …</source>
        <translation>Install from a folder …</translation>
    </message>
    <message>
        <source>A folder with config.json, tokenizer files and model.safetensors; nothing is downloaded</source>
        <translation>A folder with config.json, tokenizer files and model.safetensors; nothing is downloaded</translation>
    </message>
    <message>
        <source>Remove …</source>
        <translation>Remove …</translation>
    </message>
    <message>
        <source>Mirror, proxy, certificates and key</source>
        <translation>Mirror, proxy, certificates and key</translation>
    </message>
    <message>
        <source>Model hub</source>
        <translation>Model hub</translation>
    </message>
    <message>
        <source>Or a mirror with the same addresses</source>
        <translation>Or a mirror with the same addresses</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>Proxy</translation>
    </message>
    <message>
        <source>Certificates</source>
        <translation>Certificates</translation>
    </message>
    <message>
        <source>PEM file of authorities to trust besides the system&apos;s</source>
        <translation>PEM file of authorities to trust besides the system&apos;s</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Key</translation>
    </message>
    <message>
        <source>only for the hub itself; never saved</source>
        <translation>only for the hub itself; never saved</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Precision</translation>
    </message>
    <message>
        <source>fp32 is exact, bf16 fast with AVX-512, int16 fast with AVX2, int8 the smallest and coarser</source>
        <translation>fp32 is exact, bf16 fast with AVX-512, int16 fast with AVX2, int8 the smallest and coarser</translation>
    </message>
    <message>
        <source>Computed by</source>
        <translation>Computed by</translation>
    </message>
    <message>
        <source>the processor</source>
        <translation>the processor</translation>
    </message>
    <message>
        <source>an NVIDIA card</source>
        <translation>an NVIDIA card</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>Use it</translation>
    </message>
    <message>
        <source>Release notes are then compared by this model, also those of the code that is open</source>
        <translation>Release notes are then compared by this model, also those of the code that is open</translation>
    </message>
    <message>
        <source>In use: %1</source>
        <translation>In use: %1</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Close</translation>
    </message>
</context>
<context>
    <name>TorchLift::EmbeddingsModel</name>
    <message>
        <source>cannot be used</source>
        <translation>cannot be used</translation>
    </message>
    <message>
        <source>not installed</source>
        <translation>not installed</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>in use</translation>
    </message>
    <message>
        <source>installed</source>
        <translation>installed</translation>
    </message>
    <message>
        <source>many, Russian too</source>
        <translation>many, Russian too</translation>
    </message>
    <message>
        <source>English</source>
        <translation>English</translation>
    </message>
    <message>
        <source>%1 to download</source>
        <translation>%1 to download</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Model</translation>
    </message>
    <message>
        <source>State</source>
        <translation>State</translation>
    </message>
    <message>
        <source>What it was trained to read</source>
        <translation>What it was trained to read</translation>
    </message>
    <message>
        <source>Languages</source>
        <translation>Languages</translation>
    </message>
    <message>
        <source>Numbers in a vector</source>
        <translation>Numbers in a vector</translation>
    </message>
    <message>
        <source>Dimension</source>
        <translation>Dimension</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Size</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
    <message>
        <source>What follows in a text is cut</source>
        <translation>What follows in a text is cut</translation>
    </message>
    <message>
        <source>Reads at most</source>
        <translation>Reads at most</translation>
    </message>
</context>
<context>
    <name>TorchLift::EnvironmentsDialog</name>
    <message>
        <source>Remove the environment?</source>
        <translation>Remove the environment?</translation>
    </message>
    <message>
        <source>The environment of torch %1 is deleted. It can be installed again.</source>
        <translation>The environment of torch %1 is deleted. It can be installed again.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Remove</translation>
    </message>
    <message>
        <source>On Python %1: up to %2 to download, %3 on disk; %4 are free</source>
        <translation>On Python %1: up to %2 to download, %3 on disk; %4 are free</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>Done.</translation>
    </message>
    <message>
        <source>Environments</source>
        <translation>Environments</translation>
    </message>
    <message>
        <source>No environment is installed yet.</source>
        <translation>No environment is installed yet.</translation>
    </message>
    <message>
        <source>Check and repair</source>
        <translation>Check and repair</translation>
    </message>
    <message>
        <source>Looks at every file and makes a broken environment again</source>
        <translation>Looks at every file and makes a broken environment again</translation>
    </message>
    <message>
        <source>Remove …</source>
        <translation>Remove …</translation>
    </message>
    <message>
        <source>Add packages</source>
        <translation>Add packages</translation>
    </message>
    <message>
        <source>Adds them to the chosen environment</source>
        <translation>Adds them to the chosen environment</translation>
    </message>
    <message>
        <source>Packages</source>
        <translation>Packages</translation>
    </message>
    <message>
        <source>What scripts import besides torch and NumPy</source>
        <translation>What scripts import besides torch and NumPy</translation>
    </message>
    <message>
        <source>torch version</source>
        <translation>torch version</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>Install</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Close</translation>
    </message>
</context>
<context>
    <name>TorchLift::EnvironmentsModel</name>
    <message>
        <source>missing</source>
        <translation>missing</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>whole</source>
        <translation>whole</translation>
    </message>
    <message>
        <source>broken</source>
        <translation>broken</translation>
    </message>
    <message>
        <source>Built for</source>
        <translation>Built for</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Size</translation>
    </message>
    <message>
        <source>State</source>
        <translation>State</translation>
    </message>
    <message>
        <source>Added packages</source>
        <translation>Added packages</translation>
    </message>
</context>
<context>
    <name>TorchLift::FindBar</name>
    <message>
        <source>Not found</source>
        <translation>Not found</translation>
    </message>
    <message>
        <source>Find in code</source>
        <translation>Find in code</translation>
    </message>
    <message>
        <source>Previous place</source>
        <translation>Previous place</translation>
    </message>
    <message>
        <source>Next place</source>
        <translation>Next place</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Close</translation>
    </message>
</context>
<context>
    <name>TorchLift::MainWindow</name>
    <message>
        <source>Lines longer than %1 characters are shown cut, and the code cannot be edited here. It is migrated and saved whole.</source>
        <translation>Lines longer than %1 characters are shown cut, and the code cannot be edited here. It is migrated and saved whole.</translation>
    </message>
    <message>
        <source>Lines that you edited were also changed by the new migration: yours were kept. “Not migrated” lists them.</source>
        <translation>Lines that you edited were also changed by the new migration: yours were kept. “Not migrated” lists them.</translation>
    </message>
    <message>
        <source>This is Python 2 code: it cannot run in the new version before it is made Python 3.</source>
        <translation>This is Python 2 code: it cannot run in the new version before it is made Python 3.</translation>
    </message>
    <message>
        <source>The old code has syntax errors. What can be read was migrated.</source>
        <translation>The old code has syntax errors. What can be read was migrated.</translation>
    </message>
    <message>
        <source>This line was edited by hand. Undo that first, or make the change yourself.</source>
        <translation>This line was edited by hand. Undo that first, or make the change yourself.</translation>
    </message>
    <message>
        <source>TorchLift was not closed properly. What you did last was kept.</source>
        <translation>TorchLift was not closed properly. What you did last was kept.</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Restore</translation>
    </message>
    <message>
        <source>Old code</source>
        <translation>Old code</translation>
    </message>
    <message>
        <source>Migrated</source>
        <translation>Migrated</translation>
    </message>
    <message>
        <source>Release notes</source>
        <translation>Release notes</translation>
    </message>
    <message numerus="yes">
        <source>%n breaking use(s)</source>
        <translation>
            <numerusform>%n breaking use</numerusform>
            <numerusform>%n breaking uses</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n change(s) made</source>
        <translation>
            <numerusform>%1 of %n change made</numerusform>
            <numerusform>%1 of %n changes made</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 found, %2 cited</source>
        <translation>%1 found, %2 cited</translation>
    </message>
    <message>
        <source>Changes (%1)</source>
        <translation>Changes (%1)</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Results</translation>
    </message>
    <message>
        <source>Not migrated (%1)</source>
        <translation>Not migrated (%1)</translation>
    </message>
    <message>
        <source>Model answer</source>
        <translation>Model answer</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>Nothing in this code breaks between %1 and %2: it stays as it is.</source>
        <translation>Nothing in this code breaks between %1 and %2: it stays as it is.</translation>
    </message>
    <message>
        <source>Migrate rewrites what breaks in the new version (F5).</source>
        <translation>Migrate rewrites what breaks in the new version (F5).</translation>
    </message>
    <message>
        <source>Everything that breaks was migrated.</source>
        <translation>Everything that breaks was migrated.</translation>
    </message>
    <message>
        <source>Uses that break and that no rule could rewrite stand here, each with its reason.</source>
        <translation>Uses that break and that no rule could rewrite stand here, each with its reason.</translation>
    </message>
    <message>
        <source>No release note was found.</source>
        <translation>No release note was found.</translation>
    </message>
    <message>
        <source>The release notes that concern this code stand here after it is migrated.</source>
        <translation>The release notes that concern this code stand here after it is migrated.</translation>
    </message>
    <message>
        <source>%1 – TorchLift</source>
        <translation>%1 – TorchLift</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>ready</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>missing</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Model</translation>
    </message>
    <message>
        <source>none</source>
        <translation>none</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>Unsaved changes</translation>
    </message>
    <message>
        <source>The code was edited and not saved.</source>
        <translation>The code was edited and not saved.</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;File</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>Open &amp;recent</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Edit</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;View</translation>
    </message>
    <message>
        <source>&amp;Appearance</source>
        <translation>&amp;Appearance</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Language</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Run</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Help</translation>
    </message>
    <message>
        <source>&amp;Open …</source>
        <translation>&amp;Open …</translation>
    </message>
    <message>
        <source>&amp;Paste as old code</source>
        <translation>&amp;Paste as old code</translation>
    </message>
    <message>
        <source>Open the sa&amp;mple</source>
        <translation>Open the sa&amp;mple</translation>
    </message>
    <message>
        <source>&amp;Save new code as …</source>
        <translation>&amp;Save new code as …</translation>
    </message>
    <message>
        <source>Save s&amp;ession as …</source>
        <translation>Save s&amp;ession as …</translation>
    </message>
    <message>
        <source>Export results …</source>
        <translation>Export results …</translation>
    </message>
    <message>
        <source>Import results …</source>
        <translation>Import results …</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Quit</translation>
    </message>
    <message>
        <source>&amp;Undo in the new code</source>
        <translation>&amp;Undo in the new code</translation>
    </message>
    <message>
        <source>&amp;Redo in the new code</source>
        <translation>&amp;Redo in the new code</translation>
    </message>
    <message>
        <source>&amp;Find …</source>
        <translation>&amp;Find …</translation>
    </message>
    <message>
        <source>Find &amp;next</source>
        <translation>Find &amp;next</translation>
    </message>
    <message>
        <source>Migrate</source>
        <translation>Migrate</translation>
    </message>
    <message>
        <source>Validate</source>
        <translation>Validate</translation>
    </message>
    <message>
        <source>Ask model</source>
        <translation>Ask model</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>&amp;Next change</source>
        <translation>&amp;Next change</translation>
    </message>
    <message>
        <source>&amp;Previous change</source>
        <translation>&amp;Previous change</translation>
    </message>
    <message>
        <source>&amp;Accept change</source>
        <translation>&amp;Accept change</translation>
    </message>
    <message>
        <source>Re&amp;ject change</source>
        <translation>Re&amp;ject change</translation>
    </message>
    <message>
        <source>Language &amp;model …</source>
        <translation>Language &amp;model …</translation>
    </message>
    <message>
        <source>Larger code</source>
        <translation>Larger code</translation>
    </message>
    <message>
        <source>Smaller code</source>
        <translation>Smaller code</translation>
    </message>
    <message>
        <source>Normal size</source>
        <translation>Normal size</translation>
    </message>
    <message>
        <source>&amp;Tables below</source>
        <translation>&amp;Tables below</translation>
    </message>
    <message>
        <source>&amp;About TorchLift</source>
        <translation>&amp;About TorchLift</translation>
    </message>
    <message>
        <source>&amp;Code, notes and migrated code</source>
        <translation>&amp;Code, notes and migrated code</translation>
    </message>
    <message>
        <source>Code &amp;side by side</source>
        <translation>Code &amp;side by side</translation>
    </message>
    <message>
        <source>Notes and changes &amp;inline</source>
        <translation>Notes and changes &amp;inline</translation>
    </message>
    <message>
        <source>Open Python code or a session (Ctrl+O)</source>
        <translation>Open Python code or a session (Ctrl+O)</translation>
    </message>
    <message>
        <source>Save the new code as … (Ctrl+S)</source>
        <translation>Save the new code as … (Ctrl+S)</translation>
    </message>
    <message>
        <source>Rewrite what breaks and find its release notes (F5)</source>
        <translation>Rewrite what breaks and find its release notes (F5)</translation>
    </message>
    <message>
        <source>Run old and new code and compare (F6)</source>
        <translation>Run old and new code and compare (F6)</translation>
    </message>
    <message>
        <source>Send code and notes to the language model (F7)</source>
        <translation>Send code and notes to the language model (F7)</translation>
    </message>
    <message>
        <source>No language model is set up: one would rewrite what rules cannot. See Run, Language model.</source>
        <translation>No language model is set up: one would rewrite what rules cannot. See Run, Language model.</translation>
    </message>
    <message>
        <source>Stop what is running (Esc)</source>
        <translation>Stop what is running (Esc)</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>As the desktop</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Light</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dark</translation>
    </message>
    <message>
        <source>Open old code</source>
        <translation>Open old code</translation>
    </message>
    <message>
        <source>Python code and sessions (*.py *.torchlift);;All files (*)</source>
        <translation>Python code and sessions (*.py *.torchlift);;All files (*)</translation>
    </message>
    <message>
        <source>There is no text to paste. Copy some Python code first.</source>
        <translation>There is no text to paste. Copy some Python code first.</translation>
    </message>
    <message>
        <source>Save new code as</source>
        <translation>Save new code as</translation>
    </message>
    <message>
        <source>Python code (*.py);;All files (*)</source>
        <translation>Python code (*.py);;All files (*)</translation>
    </message>
    <message>
        <source>Save session as</source>
        <translation>Save session as</translation>
    </message>
    <message>
        <source>Sessions (*.torchlift)</source>
        <translation>Sessions (*.torchlift)</translation>
    </message>
    <message>
        <source>Export results</source>
        <translation>Export results</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Tables (*.csv)</translation>
    </message>
    <message>
        <source>Import results</source>
        <translation>Import results</translation>
    </message>
    <message>
        <source>Tables (*.csv);;All files (*)</source>
        <translation>Tables (*.csv);;All files (*)</translation>
    </message>
    <message>
        <source>Offline is switched on: nothing is sent to %1. Change it under Run, Language model.</source>
        <translation>Offline is switched on: nothing is sent to %1. Change it under Run, Language model.</translation>
    </message>
    <message>
        <source>Send code to another machine?</source>
        <translation>Send code to another machine?</translation>
    </message>
    <message>
        <source>The code and the release notes found for it are sent to %1. This is asked once for each folder and machine.</source>
        <translation>The code and the release notes found for it are sent to %1. This is asked once for each folder and machine.</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Send</translation>
    </message>
    <message>
        <source>&amp;Keep interpreters ready</source>
        <translation>&amp;Keep interpreters ready</translation>
    </message>
    <message>
        <source>Validation then starts at once; they take memory meanwhile</source>
        <translation>Validation then starts at once; they take memory meanwhile</translation>
    </message>
    <message>
        <source>Find the first &amp;line that differs</source>
        <translation>Find the first &amp;line that differs</translation>
    </message>
    <message>
        <source>Validation also follows what every line assigns; that is slower</source>
        <translation>Validation also follows what every line assigns; that is slower</translation>
    </message>
    <message>
        <source>Map CU&amp;DA to the CPU</source>
        <translation>Map CU&amp;DA to the CPU</translation>
    </message>
    <message>
        <source>Code that asks for a CUDA card gets the CPU, in both versions; results say so</source>
        <translation>Code that asks for a CUDA card gets the CPU, in both versions; results say so</translation>
    </message>
    <message>
        <source>Import folder of results …</source>
        <translation>Import folder of results …</translation>
    </message>
    <message>
        <source>Import a folder of results</source>
        <translation>Import a folder of results</translation>
    </message>
    <message>
        <source>&amp;Environments …</source>
        <translation>&amp;Environments …</translation>
    </message>
    <message>
        <source>Find the &amp;release that breaks it …</source>
        <translation>Find the &amp;release that breaks it …</translation>
    </message>
    <message>
        <source>Run the old code in further releases?</source>
        <translation>Run the old code in further releases?</translation>
    </message>
    <message>
        <source>The first release in which it fails, differs or warns is looked for by running it there. Releases that are not installed are downloaded, several GB at most, one at a time, and removed again.</source>
        <translation>The first release in which it fails, differs or warns is looked for by running it there. Releases that are not installed are downloaded, several GB at most, one at a time, and removed again.</translation>
    </message>
    <message>
        <source>Look for it</source>
        <translation>Look for it</translation>
    </message>
    <message>
        <source>Nothing goes wrong in torch %1.</source>
        <translation>Nothing goes wrong in torch %1.</translation>
    </message>
    <message>
        <source>It goes wrong from torch %1 on; torch %2 is the last without. The notes are now those of this release.</source>
        <translation>It goes wrong from torch %1 on; torch %2 is the last without. The notes are now those of this release.</translation>
    </message>
    <message>
        <source>Validate cases …</source>
        <translation>Validate cases …</translation>
    </message>
    <message>
        <source>Run many cases of old and new code, one after another; opened again they go on where they ended</source>
        <translation>Run many cases of old and new code, one after another; opened again they go on where they ended</translation>
    </message>
    <message>
        <source>Validate cases</source>
        <translation>Validate cases</translation>
    </message>
    <message>
        <source>Cases (*.jsonl *.json *.csv);;All files (*)</source>
        <translation>Cases (*.jsonl *.json *.csv);;All files (*)</translation>
    </message>
    <message numerus="yes">
        <source>The new code fails. %n thing(s) that migration held back may help.</source>
        <translation>
            <numerusform>The new code fails. %n thing that migration held back may help.</numerusform>
            <numerusform>The new code fails. %n things that migration held back may help.</numerusform>
        </translation>
    </message>
    <message>
        <source>Try them</source>
        <translation>Try them</translation>
    </message>
    <message>
        <source>Migrate by &amp;observed types</source>
        <translation>Migrate by &amp;observed types</translation>
    </message>
    <message>
        <source>Runs the old code in both versions first, to see types that reading does not tell (Shift+F5)</source>
        <translation>Runs the old code in both versions first, to see types that reading does not tell (Shift+F5)</translation>
    </message>
    <message>
        <source>&amp;Only changes that also run in the old version</source>
        <translation>&amp;Only changes that also run in the old version</translation>
    </message>
    <message>
        <source>The next migration makes only changes whose new form was measured to work in both</source>
        <translation>The next migration makes only changes whose new form was measured to work in both</translation>
    </message>
    <message>
        <source>&amp;Files the code may read …</source>
        <translation>&amp;Files the code may read …</translation>
    </message>
    <message>
        <source>Em&amp;bedding models …</source>
        <translation>Em&amp;bedding models …</translation>
    </message>
    <message>
        <source>Found by %1</source>
        <translation>Found by %1</translation>
    </message>
</context>
<context>
    <name>TorchLift::MessageBar</name>
    <message>
        <source>Details</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation>Copy command</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>%1 Next: %2</source>
        <translation>%1 Next: %2</translation>
    </message>
</context>
<context>
    <name>TorchLift::ModelDialog</name>
    <message>
        <source>Offline: never send anything to another machine</source>
        <translation>Offline: never send anything to another machine</translation>
    </message>
    <message>
        <source>Test connection</source>
        <translation>Test connection</translation>
    </message>
    <message>
        <source>Language model</source>
        <translation>Language model</translation>
    </message>
    <message>
        <source>kept until TorchLift is closed, never saved</source>
        <translation>kept until TorchLift is closed, never saved</translation>
    </message>
    <message>
        <source>Any server that speaks the OpenAI chat protocol: llama-server, Ollama, vLLM, or a hosted one. Before code goes to another machine you are asked.</source>
        <translation>Any server that speaks the OpenAI chat protocol: llama-server, Ollama, vLLM, or a hosted one. Before code goes to another machine you are asked.</translation>
    </message>
    <message>
        <source>Base URL</source>
        <translation>Base URL</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Model</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Key</translation>
    </message>
    <message>
        <source>It answers: %1</source>
        <translation>It answers: %1</translation>
    </message>
    <message>
        <source>Asking …</source>
        <translation>Asking …</translation>
    </message>
</context>
<context>
    <name>TorchLift::ModelPane</name>
    <message>
        <source>Use this code</source>
        <translation>Use this code</translation>
    </message>
    <message>
        <source>Replaces the migrated code; undo brings it back</source>
        <translation>Replaces the migrated code; undo brings it back</translation>
    </message>
    <message>
        <source>Set up a model …</source>
        <translation>Set up a model …</translation>
    </message>
    <message>
        <source>Ask model sends the code and the release notes on the left to your model, and shows its answer here as it comes.</source>
        <translation>Ask model sends the code and the release notes on the left to your model, and shows its answer here as it comes.</translation>
    </message>
    <message>
        <source>No model is set up, and none is needed. One would rewrite what rules cannot, such as code that needs a decision, and explain the result in your language. It can run on this machine.</source>
        <translation>No model is set up, and none is needed. One would rewrite what rules cannot, such as code that needs a decision, and explain the result in your language. It can run on this machine.</translation>
    </message>
    <message>
        <source>The model is answering …</source>
        <translation>The model is answering …</translation>
    </message>
    <message>
        <source>The answer was cut off before its end.</source>
        <translation>The answer was cut off before its end.</translation>
    </message>
    <message>
        <source>The answer holds no code.</source>
        <translation>The answer holds no code.</translation>
    </message>
    <message>
        <source>The model&apos;s explanation</source>
        <translation>The model&apos;s explanation</translation>
    </message>
    <message>
        <source>The answer was stopped. This is what came until then; the code was not changed.</source>
        <translation>The answer was stopped. This is what came until then; the code was not changed.</translation>
    </message>
</context>
<context>
    <name>TorchLift::ReadinessView</name>
    <message>
        <source>Python %1</source>
        <translation>Python %1</translation>
    </message>
    <message>
        <source>, NumPy %1</source>
        <translation>, NumPy %1</translation>
    </message>
    <message>
        <source>PyTorch %1</source>
        <translation>PyTorch %1</translation>
    </message>
    <message>
        <source>not installed: code cannot be run in this version</source>
        <translation>not installed: code cannot be run in this version</translation>
    </message>
    <message>
        <source>finds release notes by meaning</source>
        <translation>finds release notes by meaning</translation>
    </message>
    <message>
        <source>missing: release notes are found by words only</source>
        <translation>missing: release notes are found by words only</translation>
    </message>
    <message>
        <source>Sandbox</source>
        <translation>Sandbox</translation>
    </message>
    <message>
        <source>code runs without network and without your files</source>
        <translation>code runs without network and without your files</translation>
    </message>
    <message>
        <source>not available: code is not run</source>
        <translation>not available: code is not run</translation>
    </message>
    <message>
        <source>Old PyTorch code in, working code out</source>
        <translation>Old PyTorch code in, working code out</translation>
    </message>
    <message>
        <source>TorchLift rewrites code for PyTorch 1.0 so that it runs in 2.7, shows the release note behind every change, and proves the result by running both. Open a Python file, or drop it here.</source>
        <translation>TorchLift rewrites code for PyTorch 1.0 so that it runs in 2.7, shows the release note behind every change, and proves the result by running both. Open a Python file, or drop it here.</translation>
    </message>
    <message>
        <source>Open …</source>
        <translation>Open …</translation>
    </message>
    <message>
        <source>Paste code</source>
        <translation>Paste code</translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation>Try the sample</translation>
    </message>
    <message>
        <source>What is ready</source>
        <translation>What is ready</translation>
    </message>
    <message>
        <source>Looking at what is installed …</source>
        <translation>Looking at what is installed …</translation>
    </message>
    <message>
        <source>Language model</source>
        <translation>Language model</translation>
    </message>
    <message>
        <source>optional: rewrites what rules cannot and explains the result</source>
        <translation>optional: rewrites what rules cannot and explains the result</translation>
    </message>
    <message>
        <source>Recent: %1</source>
        <translation>Recent: %1</translation>
    </message>
    <message>
        <source>Set up …</source>
        <translation>Set up …</translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation>Copy command</translation>
    </message>
</context>
<context>
    <name>TorchLift::ResiduesModel</name>
    <message>
        <source>Line</source>
        <translation>Line</translation>
    </message>
    <message>
        <source>Symbol</source>
        <translation>Symbol</translation>
    </message>
    <message>
        <source>Not migrated because</source>
        <translation>Not migrated because</translation>
    </message>
    <message>
        <source>Broken in</source>
        <translation>Broken in</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>What to do</translation>
    </message>
</context>
<context>
    <name>TorchLift::ResultsModel</name>
    <message>
        <source>line %1: %2</source>
        <translation>line %1: %2</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>yes</translation>
    </message>
    <message>
        <source>no</source>
        <translation>no</translation>
    </message>
    <message>
        <source>running …</source>
        <translation>running …</translation>
    </message>
    <message>
        <source>no: %1</source>
        <translation>no: %1</translation>
    </message>
    <message>
        <source>First breaking symbol, or the file&apos;s name</source>
        <translation>First breaking symbol, or the file&apos;s name</translation>
    </message>
    <message>
        <source>API</source>
        <translation>API</translation>
    </message>
    <message>
        <source>The old code in %1</source>
        <translation>The old code in %1</translation>
    </message>
    <message>
        <source>Works in %1</source>
        <translation>Works in %1</translation>
    </message>
    <message>
        <source>The migrated code in %1</source>
        <translation>The migrated code in %1</translation>
    </message>
    <message>
        <source>After migration</source>
        <translation>After migration</translation>
    </message>
    <message>
        <source>What it printed</source>
        <translation>What it printed</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Out</translation>
    </message>
    <message>
        <source>Why it failed</source>
        <translation>Why it failed</translation>
    </message>
    <message>
        <source>Err</source>
        <translation>Err</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Verdict</translation>
    </message>
    <message>
        <source>%1 (CUDA on the CPU)</source>
        <translation>%1 (CUDA on the CPU)</translation>
    </message>
    <message>
        <source>no: needs a CUDA card</source>
        <translation>no: needs a CUDA card</translation>
    </message>
</context>
<context>
    <name>TorchLift::ResultsPane</name>
    <message>
        <source>Export CSV …</source>
        <translation>Export CSV …</translation>
    </message>
    <message>
        <source>Import CSV …</source>
        <translation>Import CSV …</translation>
    </message>
    <message>
        <source>Validate runs the old code in both versions and the migrated code in the new one, inside a sandbox, and compares what they compute (F6).</source>
        <translation>Validate runs the old code in both versions and the migrated code in the new one, inside a sandbox, and compares what they compute (F6).</translation>
    </message>
</context>
<context>
    <name>TorchLift::SettingsBar</name>
    <message>
        <source>From</source>
        <translation>From</translation>
    </message>
    <message>
        <source>to</source>
        <translation>to</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Mode</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notes</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Accept</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>auto</translation>
    </message>
    <message>
        <source>PyTorch version the code was written for; auto finds it from the symbols that it uses</source>
        <translation>PyTorch version the code was written for; auto finds it from the symbols that it uses</translation>
    </message>
    <message>
        <source>PyTorch version that the code shall run in</source>
        <translation>PyTorch version that the code shall run in</translation>
    </message>
    <message>
        <source>rules</source>
        <translation>rules</translation>
    </message>
    <message>
        <source>model</source>
        <translation>model</translation>
    </message>
    <message>
        <source>Who rewrites the code</source>
        <translation>Who rewrites the code</translation>
    </message>
    <message>
        <source>Rules rewrite the code. A language model would take over what rules cannot: set one up under Model.</source>
        <translation>Rules rewrite the code. A language model would take over what rules cannot: set one up under Model.</translation>
    </message>
    <message>
        <source>How many release notes are retrieved</source>
        <translation>How many release notes are retrieved</translation>
    </message>
    <message>
        <source>safe</source>
        <translation>safe</translation>
    </message>
    <message>
        <source>safe and review</source>
        <translation>safe and review</translation>
    </message>
    <message>
        <source>all</source>
        <translation>all</translation>
    </message>
    <message>
        <source>Which changes are made without asking. Those that change behaviour are made only with “all”.</source>
        <translation>Which changes are made without asking. Those that change behaviour are made only with “all”.</translation>
    </message>
    <message>
        <source>both</source>
        <translation>both</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Embedding</translation>
    </message>
    <message>
        <source>What compares code with release notes: %1. Others are installed under Run, Embedding models.</source>
        <translation>What compares code with release notes: %1. Others are installed under Run, Embedding models.</translation>
    </message>
</context>
<context>
    <name>TorchLift::Texts</name>
    <message>
        <source>Cancelled.</source>
        <translation>Cancelled.</translation>
    </message>
    <message>
        <source>These settings do not fit together.</source>
        <translation>These settings do not fit together.</translation>
    </message>
    <message>
        <source>These settings do not fit together: %1</source>
        <translation>These settings do not fit together: %1</translation>
    </message>
    <message>
        <source>This is not text that can be migrated.</source>
        <translation>This is not text that can be migrated.</translation>
    </message>
    <message>
        <source>%1 cannot be processed.</source>
        <translation>%1 cannot be processed.</translation>
    </message>
    <message>
        <source>Something that is needed was not found.</source>
        <translation>Something that is needed was not found.</translation>
    </message>
    <message>
        <source>%1 was not found.</source>
        <translation>%1 was not found.</translation>
    </message>
    <message>
        <source>The file cannot be read.</source>
        <translation>The file cannot be read.</translation>
    </message>
    <message>
        <source>%1 cannot be read.</source>
        <translation>%1 cannot be read.</translation>
    </message>
    <message>
        <source>Writing failed. Choose another place.</source>
        <translation>Writing failed. Choose another place.</translation>
    </message>
    <message>
        <source>%1 could not be written. Choose another place.</source>
        <translation>%1 could not be written. Choose another place.</translation>
    </message>
    <message>
        <source>This is larger than what can be processed.</source>
        <translation>This is larger than what can be processed.</translation>
    </message>
    <message>
        <source>%1 is larger than what can be processed.</source>
        <translation>%1 is larger than what can be processed.</translation>
    </message>
    <message>
        <source>A file is damaged.</source>
        <translation>A file is damaged.</translation>
    </message>
    <message>
        <source>%1 is damaged.</source>
        <translation>%1 is damaged.</translation>
    </message>
    <message>
        <source>This was written by a newer version of TorchLift.</source>
        <translation>This was written by a newer version of TorchLift.</translation>
    </message>
    <message>
        <source>%1 was written by a newer version of TorchLift.</source>
        <translation>%1 was written by a newer version of TorchLift.</translation>
    </message>
    <message>
        <source>A part is not installed yet.</source>
        <translation>A part is not installed yet.</translation>
    </message>
    <message>
        <source>%1 is not installed yet.</source>
        <translation>%1 is not installed yet.</translation>
    </message>
    <message>
        <source>The server could not be reached or answered badly.</source>
        <translation>The server could not be reached or answered badly.</translation>
    </message>
    <message>
        <source>%1 could not be reached or answered badly.</source>
        <translation>%1 could not be reached or answered badly.</translation>
    </message>
    <message>
        <source>It took longer than allowed.</source>
        <translation>It took longer than allowed.</translation>
    </message>
    <message>
        <source>Not done, for safety.</source>
        <translation>Not done, for safety.</translation>
    </message>
    <message>
        <source>Not done, for safety: %1</source>
        <translation>Not done, for safety: %1</translation>
    </message>
    <message>
        <source>TorchLift made a mistake. The details help to report it.</source>
        <translation>TorchLift made a mistake. The details help to report it.</translation>
    </message>
    <message>
        <source>works</source>
        <translation>works</translation>
    </message>
    <message>
        <source>exception</source>
        <translation>exception</translation>
    </message>
    <message>
        <source>left early</source>
        <translation>left early</translation>
    </message>
    <message>
        <source>crashed</source>
        <translation>crashed</translation>
    </message>
    <message>
        <source>time limit</source>
        <translation>time limit</translation>
    </message>
    <message>
        <source>memory limit</source>
        <translation>memory limit</translation>
    </message>
    <message>
        <source>output limit</source>
        <translation>output limit</translation>
    </message>
    <message>
        <source>no report</source>
        <translation>no report</translation>
    </message>
    <message>
        <source>no sandbox</source>
        <translation>no sandbox</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>cancelled</translation>
    </message>
    <message>
        <source>equal</source>
        <translation>equal</translation>
    </message>
    <message>
        <source>equal within tolerance</source>
        <translation>equal within tolerance</translation>
    </message>
    <message>
        <source>differs</source>
        <translation>differs</translation>
    </message>
    <message>
        <source>differs, explained</source>
        <translation>differs, explained</translation>
    </message>
    <message>
        <source>no reference</source>
        <translation>no reference</translation>
    </message>
    <message>
        <source>not compared</source>
        <translation>not compared</translation>
    </message>
    <message>
        <source>random numbers differ</source>
        <translation>random numbers differ</translation>
    </message>
    <message>
        <source>Old and new code print the same and end with the same values.</source>
        <translation>Old and new code print the same and end with the same values.</translation>
    </message>
    <message>
        <source>Old and new code agree up to rounding.</source>
        <translation>Old and new code agree up to rounding.</translation>
    </message>
    <message>
        <source>Old and new code compute something different.</source>
        <translation>Old and new code compute something different.</translation>
    </message>
    <message>
        <source>Torch itself computes differently: with its changes taken back, the new code gives the old values.</source>
        <translation>Torch itself computes differently: with its changes taken back, the new code gives the old values.</translation>
    </message>
    <message>
        <source>The old code does not work in its own version: there is nothing to compare with.</source>
        <translation>The old code does not work in its own version: there is nothing to compare with.</translation>
    </message>
    <message>
        <source>Nothing comparable was observed.</source>
        <translation>Nothing comparable was observed.</translation>
    </message>
    <message>
        <source>The results differ only where random numbers are drawn differently.</source>
        <translation>The results differ only where random numbers are drawn differently.</translation>
    </message>
    <message>
        <source>safe</source>
        <translation>safe</translation>
    </message>
    <message>
        <source>review</source>
        <translation>review</translation>
    </message>
    <message>
        <source>changes behaviour</source>
        <translation>changes behaviour</translation>
    </message>
    <message>
        <source>not validated</source>
        <translation>not validated</translation>
    </message>
    <message>
        <source>proven</source>
        <translation>proven</translation>
    </message>
    <message>
        <source>not executed</source>
        <translation>not executed</translation>
    </message>
    <message>
        <source>refuted</source>
        <translation>refuted</translation>
    </message>
    <message>
        <source>rule</source>
        <translation>rule</translation>
    </message>
    <message>
        <source>model</source>
        <translation>model</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>by hand</translation>
    </message>
    <message>
        <source>known from imports</source>
        <translation>known from imports</translation>
    </message>
    <message>
        <source>inferred from assignments</source>
        <translation>inferred from assignments</translation>
    </message>
    <message>
        <source>observed in a run</source>
        <translation>observed in a run</translation>
    </message>
    <message>
        <source>by name only</source>
        <translation>by name only</translation>
    </message>
    <message>
        <source>no replacement</source>
        <translation>no replacement</translation>
    </message>
    <message>
        <source>needs a decision</source>
        <translation>needs a decision</translation>
    </message>
    <message>
        <source>receiver unknown</source>
        <translation>receiver unknown</translation>
    </message>
    <message>
        <source>dynamic access</source>
        <translation>dynamic access</translation>
    </message>
    <message>
        <source>behind a version check</source>
        <translation>behind a version check</translation>
    </message>
    <message>
        <source>conflicts with another change</source>
        <translation>conflicts with another change</translation>
    </message>
    <message>
        <source>skipped on request</source>
        <translation>skipped on request</translation>
    </message>
    <message>
        <source>change not accepted</source>
        <translation>change not accepted</translation>
    </message>
    <message>
        <source>no rule knows it</source>
        <translation>no rule knows it</translation>
    </message>
    <message>
        <source>syntax error</source>
        <translation>syntax error</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>Working</translation>
    </message>
    <message>
        <source>Embedding release notes</source>
        <translation>Embedding release notes</translation>
    </message>
    <message>
        <source>Loading the embedding model</source>
        <translation>Loading the embedding model</translation>
    </message>
    <message>
        <source>Validating</source>
        <translation>Validating</translation>
    </message>
    <message>
        <source>Reading release notes</source>
        <translation>Reading release notes</translation>
    </message>
    <message>
        <source>Migrating</source>
        <translation>Migrating</translation>
    </message>
    <message>
        <source>Searching release notes</source>
        <translation>Searching release notes</translation>
    </message>
    <message>
        <source>Asking the model</source>
        <translation>Asking the model</translation>
    </message>
    <message>
        <source>%1: %2 of %3</source>
        <translation>%1: %2 of %3</translation>
    </message>
    <message>
        <source>%1 took longer than allowed.</source>
        <translation>%1 took longer than allowed.</translation>
    </message>
    <message>
        <source>Check that the server runs, and address, model and key under Run, Language model.</source>
        <translation>Check that the server runs, and address, model and key under Run, Language model.</translation>
    </message>
    <message>
        <source>The server is silent. Ask again, or choose a smaller model under Run, Language model.</source>
        <translation>The server is silent. Ask again, or choose a smaller model under Run, Language model.</translation>
    </message>
    <message>
        <source>Choose Python code, saved as UTF-8 text.</source>
        <translation>Choose Python code, saved as UTF-8 text.</translation>
    </message>
    <message>
        <source>Check that it is there and that you may read it.</source>
        <translation>Check that it is there and that you may read it.</translation>
    </message>
    <message>
        <source>Split it into smaller files.</source>
        <translation>Split it into smaller files.</translation>
    </message>
    <message>
        <source>output</source>
        <translation>output</translation>
    </message>
    <message>
        <source>dtype</source>
        <translation>dtype</translation>
    </message>
    <message>
        <source>shape</source>
        <translation>shape</translation>
    </message>
    <message>
        <source>value</source>
        <translation>value</translation>
    </message>
    <message>
        <source>type</source>
        <translation>type</translation>
    </message>
    <message>
        <source>name no longer there</source>
        <translation>name no longer there</translation>
    </message>
    <message>
        <source>how it ended</source>
        <translation>how it ended</translation>
    </message>
    <message>
        <source>random numbers</source>
        <translation>random numbers</translation>
    </message>
    <message>
        <source>order of lines</source>
        <translation>order of lines</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>warning</translation>
    </message>
    <message>
        <source>requires_grad</source>
        <translation>requires_grad</translation>
    </message>
    <message>
        <source>no shift</source>
        <translation>no shift</translation>
    </message>
    <message>
        <source>a moderate shift</source>
        <translation>a moderate shift</translation>
    </message>
    <message>
        <source>a major shift</source>
        <translation>a major shift</translation>
    </message>
    <message>
        <source>not valid in the old version</source>
        <translation>not valid in the old version</translation>
    </message>
    <message>
        <source>Installing</source>
        <translation>Installing</translation>
    </message>
    <message>
        <source>Checking files</source>
        <translation>Checking files</translation>
    </message>
    <message>
        <source>Compiling Python modules</source>
        <translation>Compiling Python modules</translation>
    </message>
    <message>
        <source>Waiting for another set-up</source>
        <translation>Waiting for another set-up</translation>
    </message>
    <message>
        <source>Running in further releases</source>
        <translation>Running in further releases</translation>
    </message>
    <message>
        <source>Running the old code to see types</source>
        <translation>Running the old code to see types</translation>
    </message>
    <message>
        <source>%1 is not installed here. Install it, or choose another model.</source>
        <translation>%1 is not installed here. Install it, or choose another model.</translation>
    </message>
    <message>
        <source>A file of %1 is damaged. Install it again.</source>
        <translation>A file of %1 is damaged. Install it again.</translation>
    </message>
    <message>
        <source>libtorch, which computes the embeddings, is missing or damaged here. This command gets it:</source>
        <translation>libtorch, which computes the embeddings, is missing or damaged here. This command gets it:</translation>
    </message>
    <message>
        <source>There is no NVIDIA driver on this machine: only the processor can compute.</source>
        <translation>There is no NVIDIA driver on this machine: only the processor can compute.</translation>
    </message>
    <message>
        <source>The NVIDIA driver finds no card it can use: only the processor can compute.</source>
        <translation>The NVIDIA driver finds no card it can use: only the processor can compute.</translation>
    </message>
    <message>
        <source>The libraries that computing on a card needs are not here. This command gets them:</source>
        <translation>The libraries that computing on a card needs are not here. This command gets them:</translation>
    </message>
    <message>
        <source>%1 is computed on the processor only. On a card take fp16 or bf16.</source>
        <translation>%1 is computed on the processor only. On a card take fp16 or bf16.</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>Downloading</translation>
    </message>
    <message>
        <source>Copying</source>
        <translation>Copying</translation>
    </message>
</context>
<context>
    <name>TorchLift::Workbench</name>
    <message>
        <source>pasted.py</source>
        <translation>pasted.py</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Cancelled.</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>Saved %1</translation>
    </message>
    <message numerus="yes">
        <source>%n result(s) read from %1</source>
        <translation>
            <numerusform>%n result read from %1</numerusform>
            <numerusform>%n results read from %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n change(s) found</source>
        <translation>
            <numerusform>%n change found</numerusform>
            <numerusform>%n changes found</numerusform>
        </translation>
    </message>
    <message>
        <source>Asking %1 at %2</source>
        <translation>Asking %1 at %2</translation>
    </message>
    <message>
        <source>Verdict: %1</source>
        <translation>Verdict: %1</translation>
    </message>
    <message>
        <source>Code pasted</source>
        <translation>Code pasted</translation>
    </message>
    <message>
        <source>Opened %1</source>
        <translation>Opened %1</translation>
    </message>
    <message>
        <source>torch %1: %2</source>
        <translation>torch %1: %2</translation>
    </message>
    <message>
        <source>%1 was not run: %2</source>
        <translation>%1 was not run: %2</translation>
    </message>
    <message>
        <source>All cases have been run.</source>
        <translation>All cases have been run.</translation>
    </message>
    <message numerus="yes">
        <source>%n expression(s) have a type that only running tells</source>
        <translation>
            <numerusform>%n expression has a type that only running tells</numerusform>
            <numerusform>%n expressions have a type that only running tells</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n release note(s) found by %1</source>
        <translation>
            <numerusform>%n release note found by %1</numerusform>
            <numerusform>%n release notes found by %1</numerusform>
        </translation>
    </message>
    <message>
        <source>words and symbols only</source>
        <translation>words and symbols only</translation>
    </message>
</context>
</TS>
