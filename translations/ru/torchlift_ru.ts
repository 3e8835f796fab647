<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
<context>
    <name>QsciScintilla</name>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Отменить</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Повторить</translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation>&amp;Вырезать</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Копировать</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>Вст&amp;авить</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Удалить</translation>
    </message>
    <message>
        <source>Select All</source>
        <translation>Выделить всё</translation>
    </message>
</context>
<context>
    <name>TorchLift::AboutDialog</name>
    <message>
        <source>About TorchLift</source>
        <translation>О TorchLift</translation>
    </message>
    <message>
        <source>Moves PyTorch 1.0 code to PyTorch 2.7 and proves the result.</source>
        <translation>Переносит код с PyTorch 1.0 на PyTorch 2.7 и доказывает результат.</translation>
    </message>
    <message>
        <source>TorchLift&apos;s own source is under the MIT licence. QScintilla makes this window&apos;s program as a whole GPL-3.0. The file NOTICE says more.</source>
        <translation>Собственный исходный код TorchLift распространяется по лицензии MIT. Из-за QScintilla программа этого окна в целом — GPL-3.0. Подробности в файле NOTICE.</translation>
    </message>
</context>
<context>
    <name>TorchLift::ChangeBar</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 из %2</translation>
    </message>
    <message numerus="yes">
        <source>%n change(s)</source>
        <translation>
            <numerusform>%n правка</numerusform>
            <numerusform>%n правки</numerusform>
            <numerusform>%n правок</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose a change to see why it is made</source>
        <translation>Выберите правку, чтобы увидеть её причину</translation>
    </message>
    <message>
        <source>rule %1</source>
        <translation>правило %1</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Принять</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Отклонить</translation>
    </message>
    <message>
        <source>All of this rule</source>
        <translation>Все по правилу</translation>
    </message>
    <message>
        <source>Accept every change that this rule makes</source>
        <translation>Принять все правки этого правила</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Почему</translation>
    </message>
    <message>
        <source>Show the release notes that this change rests on</source>
        <translation>Показать заметки о выпусках, на которых основана правка</translation>
    </message>
    <message>
        <source>Previous change (Shift+F8)</source>
        <translation>Предыдущая правка (Shift+F8)</translation>
    </message>
    <message>
        <source>Next change (F8)</source>
        <translation>Следующая правка (F8)</translation>
    </message>
    <message>
        <source>Make this change (Ctrl+Return)</source>
        <translation>Внести правку (Ctrl+Return)</translation>
    </message>
    <message>
        <source>Leave the old code here (Ctrl+Backspace)</source>
        <translation>Оставить здесь старый код (Ctrl+Backspace)</translation>
    </message>
</context>
<context>
    <name>TorchLift::ChangesModel</name>
    <message>
        <source>Line</source>
        <translation>Строка</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Правка</translation>
    </message>
    <message>
        <source>Symbol</source>
        <translation>Символ</translation>
    </message>
    <message>
        <source>Broken in</source>
        <translation>Сломано в</translation>
    </message>
    <message>
        <source>Safety</source>
        <translation>Безопасность</translation>
    </message>
    <message>
        <source>How it is known</source>
        <translation>Откуда известно</translation>
    </message>
    <message>
        <source>Proof</source>
        <translation>Доказательство</translation>
    </message>
</context>
<context>
    <name>TorchLift::ChunkDelegate</name>
    <message>
        <source>cited</source>
        <translation>цитируется</translation>
    </message>
</context>
<context>
    <name>TorchLift::ChunksModel</name>
    <message>
        <source>cited, not among the first %1</source>
        <translation>цитируются, но не вошли в первые %1</translation>
    </message>
    <message>
        <source>not ranked</source>
        <translation>без места</translation>
    </message>
    <message>
        <source>original</source>
        <translation>оригинал</translation>
    </message>
    <message>
        <source>summary</source>
        <translation>пересказ</translation>
    </message>
    <message>
        <source>meaning #%1 (cosine %2)</source>
        <translation>смысл №%1 (косинус %2)</translation>
    </message>
    <message>
        <source>words #%1 (BM25 %2)</source>
        <translation>слова №%1 (BM25 %2)</translation>
    </message>
    <message>
        <source>symbols #%1</source>
        <translation>символы №%1</translation>
    </message>
</context>
<context>
    <name>TorchLift::DataDialog</name>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Убрать</translation>
    </message>
    <message>
        <source>Files the code may read</source>
        <translation>Файлы, доступные коду</translation>
    </message>
    <message>
        <source>Code that is run sees nothing of this computer but what is named here. It stands beside the script under its own name and cannot be changed.</source>
        <translation>Запускаемый код не видит на этом компьютере ничего, кроме перечисленного здесь. Оно лежит рядом со скриптом под своим именем, и изменить его нельзя.</translation>
    </message>
    <message>
        <source>Add &amp;files …</source>
        <translation>Добавить &amp;файлы …</translation>
    </message>
    <message>
        <source>Add f&amp;older …</source>
        <translation>Добавить &amp;папку …</translation>
    </message>
    <message>
        <source>%1 (not there)</source>
        <translation>%1 (не найдено)</translation>
    </message>
    <message>
        <source>Folder that the code may read</source>
        <translation>Папка, доступная коду</translation>
    </message>
    <message>
        <source>Files that the code may read</source>
        <translation>Файлы, доступные коду</translation>
    </message>
</context>
<context>
    <name>TorchLift::Details</name>
    <message>
        <source>printed</source>
        <translation>напечатано</translation>
    </message>
    <message>
        <source>errors</source>
        <translation>ошибки</translation>
    </message>
    <message>
        <source>Old code, %1</source>
        <translation>Старый код, %1</translation>
    </message>
    <message>
        <source>Migrated, %1</source>
        <translation>Новый код, %1</translation>
    </message>
    <message>
        <source>CUDA was mapped to the CPU.</source>
        <translation>Вместо CUDA использован процессор.</translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) compared</source>
        <translation>
            <numerusform>сравнено %n значение</numerusform>
            <numerusform>сравнено %n значения</numerusform>
            <numerusform>сравнено %n значений</numerusform>
        </translation>
    </message>
    <message>
        <source>Numerical noise was measured: the old code ran once more with its parameters moved by one unit in the last place.</source>
        <translation>Вычислительный шум измерен: старый код запущен ещё раз, его параметры сдвинуты на единицу последнего разряда.</translation>
    </message>
    <message>
        <source>Explained by: %1</source>
        <translation>Объяснено: %1</translation>
    </message>
    <message>
        <source>Left out: printed numbers that vary by themselves</source>
        <translation>Не учтены: напечатанные числа, которые меняются сами по себе</translation>
    </message>
    <message>
        <source>Left out, varies by itself: %1</source>
        <translation>Не учтено, меняется само по себе: %1</translation>
    </message>
    <message>
        <source>First divergence</source>
        <translation>Первое расхождение</translation>
    </message>
    <message>
        <source>None: every line that both ran assigned the same.</source>
        <translation>Нет: каждая выполненная обоими строка присвоила одно и то же.</translation>
    </message>
    <message>
        <source>Line %1, in the migrated code line %2</source>
        <translation>Строка %1, в новом коде строка %2</translation>
    </message>
    <message>
        <source>run number %1 of it</source>
        <translation>её выполнение номер %1</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>Различия</translation>
    </message>
    <message>
        <source>Distribution: PSI %1, KL %2 in %3 bins: %4</source>
        <translation>Распределение: PSI %1, KL %2, интервалов: %3, %4</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Запуски</translation>
    </message>
    <message>
        <source>works</source>
        <translation>работает</translation>
    </message>
    <message>
        <source>needs a CUDA card</source>
        <translation>нужна карта CUDA</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 мс</translation>
    </message>
    <message>
        <source>%1 MiB</source>
        <translation>%1 МиБ</translation>
    </message>
    <message numerus="yes">
        <source>Seed %1, %n thread(s)</source>
        <translation>
            <numerusform>Начальное число %1, %n поток</numerusform>
            <numerusform>Начальное число %1, %n потока</numerusform>
            <numerusform>Начальное число %1, %n потоков</numerusform>
        </translation>
    </message>
    <message>
        <source>This code asks for a CUDA card, and none is here. Run, Map CUDA to the CPU, runs it on the CPU in both versions.</source>
        <translation>Коду нужна карта CUDA, а её здесь нет. «Запуск», «Процессор вместо CUDA» выполнит его на процессоре в обеих версиях.</translation>
    </message>
    <message>
        <source>line %1: %2</source>
        <translation>строка %1: %2</translation>
    </message>
    <message>
        <source>deprecations</source>
        <translation>устаревшее</translation>
    </message>
    <message>
        <source>warnings</source>
        <translation>предупреждения</translation>
    </message>
</context>
<context>
    <name>TorchLift::EmbeddingsDialog</name>
    <message>
        <source>Folder of a model</source>
        <translation>Папка модели</translation>
    </message>
    <message>
        <source>Replace the model?</source>
        <translation>Заменить модель?</translation>
    </message>
    <message>
        <source>%1 is installed already. It is replaced by what is in the folder.</source>
        <translation>%1 уже установлена. Её заменит содержимое папки.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Заменить</translation>
    </message>
    <message>
        <source>%1 is deleted. It can be installed again.</source>
        <translation>%1 будет удалена. Её можно установить снова.</translation>
    </message>
    <message>
        <source>Without it release notes are found by words and symbols only.</source>
        <translation>Без неё заметки ищутся только по словам и символам.</translation>
    </message>
    <message>
        <source>It is in use: %1 takes its place.</source>
        <translation>Она используется: её место займёт %1.</translation>
    </message>
    <message>
        <source>Remove the model?</source>
        <translation>Удалить модель?</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Удалить</translation>
    </message>
    <message>
        <source>It has to be installed before it can be used.</source>
        <translation>Чтобы использовать модель, её нужно установить.</translation>
    </message>
    <message>
        <source>Trying it out …</source>
        <translation>Пробный запуск …</translation>
    </message>
    <message>
        <source>It works here: a release note takes %1 ms.</source>
        <translation>Здесь она работает: на заметку уходит %1 мс.</translation>
    </message>
    <message>
        <source>Cancelled. Installing it again goes on from there.</source>
        <translation>Остановлено. Повторная установка продолжит с этого места.</translation>
    </message>
    <message>
        <source>%1 is removed.</source>
        <translation>%1 удалена.</translation>
    </message>
    <message>
        <source>%1 is installed.</source>
        <translation>%1 установлена.</translation>
    </message>
    <message>
        <source>Install again</source>
        <translation>Установить заново</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>Установить</translation>
    </message>
    <message>
        <source>%1 to download, %2 are free</source>
        <translation>скачать %1, свободно %2</translation>
    </message>
    <message>
        <source>Embedding models</source>
        <translation>Модели эмбеддингов</translation>
    </message>
    <message>
        <source>Install from a folder …</source>
        <translation>Установить из папки …</translation>
    </message>
    <message>
        <source>A folder with config.json, tokenizer files and model.safetensors; nothing is downloaded</source>
        <translation>Папка с config.json, файлами токенизатора и model.safetensors; ничего не скачивается</translation>
    </message>
    <message>
        <source>Remove …</source>
        <translation>Удалить …</translation>
    </message>
    <message>
        <source>Mirror, proxy, certificates and key</source>
        <translation>Зеркало, прокси, сертификаты и ключ</translation>
    </message>
    <message>
        <source>Model hub</source>
        <translation>Хранилище моделей</translation>
    </message>
    <message>
        <source>Or a mirror with the same addresses</source>
        <translation>Или зеркало с такими же адресами</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>Прокси</translation>
    </message>
    <message>
        <source>Certificates</source>
        <translation>Сертификаты</translation>
    </message>
    <message>
        <source>PEM file of authorities to trust besides the system&apos;s</source>
        <translation>PEM-файл центров сертификации, которым доверять помимо системных</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Ключ</translation>
    </message>
    <message>
        <source>only for the hub itself; never saved</source>
        <translation>только для самого хранилища; не сохраняется</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Точность</translation>
    </message>
    <message>
        <source>fp32 is exact, bf16 fast with AVX-512, int16 fast with AVX2, int8 the smallest and coarser</source>
        <translation>fp32 точен, bf16 быстр с AVX-512, int16 быстр с AVX2, int8 компактнее и грубее</translation>
    </message>
    <message>
        <source>Computed by</source>
        <translation>Вычисляет</translation>
    </message>
    <message>
        <source>the processor</source>
        <translation>процессор</translation>
    </message>
    <message>
        <source>an NVIDIA card</source>
        <translation>видеокарта NVIDIA</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>Использовать</translation>
    </message>
    <message>
        <source>Release notes are then compared by this model, also those of the code that is open</source>
        <translation>Заметки будет сравнивать эта модель, в том числе для открытого кода</translation>
    </message>
    <message>
        <source>In use: %1</source>
        <translation>Используется: %1</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Остановить</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрыть</translation>
    </message>
</context>
<context>
    <name>TorchLift::EmbeddingsModel</name>
    <message>
        <source>cannot be used</source>
        <translation>непригодна</translation>
    </message>
    <message>
        <source>not installed</source>
        <translation>не установлена</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>используется</translation>
    </message>
    <message>
        <source>installed</source>
        <translation>установлена</translation>
    </message>
    <message>
        <source>many, Russian too</source>
        <translation>многие, и русский</translation>
    </message>
    <message>
        <source>English</source>
        <translation>английский</translation>
    </message>
    <message>
        <source>%1 to download</source>
        <translation>скачать %1</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Модель</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>What it was trained to read</source>
        <translation>На каких языках она обучена</translation>
    </message>
    <message>
        <source>Languages</source>
        <translation>Языки</translation>
    </message>
    <message>
        <source>Numbers in a vector</source>
        <translation>Чисел в векторе</translation>
    </message>
    <message>
        <source>Dimension</source>
        <translation>Размерность</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Размер</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n токена</numerusform>
            <numerusform>%n токенов</numerusform>
            <numerusform>%n токенов</numerusform>
        </translation>
    </message>
    <message>
        <source>What follows in a text is cut</source>
        <translation>Остаток текста отбрасывается</translation>
    </message>
    <message>
        <source>Reads at most</source>
        <translation>Читает не более</translation>
    </message>
</context>
<context>
    <name>TorchLift::EnvironmentsDialog</name>
    <message>
        <source>Remove the environment?</source>
        <translation>Удалить окружение?</translation>
    </message>
    <message>
        <source>The environment of torch %1 is deleted. It can be installed again.</source>
        <translation>Окружение torch %1 будет удалено. Его можно установить снова.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Удалить</translation>
    </message>
    <message>
        <source>On Python %1: up to %2 to download, %3 on disk; %4 are free</source>
        <translation>На Python %1: загрузить до %2, на диске %3; свободно %4</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>Готово.</translation>
    </message>
    <message>
        <source>Environments</source>
        <translation>Окружения</translation>
    </message>
    <message>
        <source>No environment is installed yet.</source>
        <translation>Пока не установлено ни одного окружения.</translation>
    </message>
    <message>
        <source>Check and repair</source>
        <translation>Проверить и исправить</translation>
    </message>
    <message>
        <source>Looks at every file and makes a broken environment again</source>
        <translation>Проверяет каждый файл и создаёт повреждённое окружение заново</translation>
    </message>
    <message>
        <source>Remove …</source>
        <translation>Удалить …</translation>
    </message>
    <message>
        <source>Add packages</source>
        <translation>Добавить пакеты</translation>
    </message>
    <message>
        <source>Adds them to the chosen environment</source>
        <translation>Добавляет их в выбранное окружение</translation>
    </message>
    <message>
        <source>Packages</source>
        <translation>Пакеты</translation>
    </message>
    <message>
        <source>What scripts import besides torch and NumPy</source>
        <translation>Что импортируют скрипты помимо torch и NumPy</translation>
    </message>
    <message>
        <source>torch version</source>
        <translation>Версия torch</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>Установить</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Остановить</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрыть</translation>
    </message>
</context>
<context>
    <name>TorchLift::EnvironmentsModel</name>
    <message>
        <source>missing</source>
        <translation>нет</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>ЦП</translation>
    </message>
    <message>
        <source>whole</source>
        <translation>исправно</translation>
    </message>
    <message>
        <source>broken</source>
        <translation>повреждено</translation>
    </message>
    <message>
        <source>Built for</source>
        <translation>Сборка для</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Размер</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>Added packages</source>
        <translation>Добавленные пакеты</translation>
    </message>
</context>
<context>
    <name>TorchLift::FindBar</name>
    <message>
        <source>Not found</source>
        <translation>Не найдено</translation>
    </message>
    <message>
        <source>Find in code</source>
        <translation>Найти в коде</translation>
    </message>
    <message>
        <source>Previous place</source>
        <translation>Предыдущее место</translation>
    </message>
    <message>
        <source>Next place</source>
        <translation>Следующее место</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрыть</translation>
    </message>
</context>
<context>
    <name>TorchLift::MainWindow</name>
    <message>
        <source>Lines longer than %1 characters are shown cut, and the code cannot be edited here. It is migrated and saved whole.</source>
        <translation>Строки длиннее %1 символов показаны сокращённо, и править код здесь нельзя. Переносится и сохраняется он целиком.</translation>
    </message>
    <message>
        <source>Lines that you edited were also changed by the new migration: yours were kept. “Not migrated” lists them.</source>
        <translation>Новый перенос изменил и те строки, которые вы правили: оставлены ваши. Они перечислены в «Не перенесено».</translation>
    </message>
    <message>
        <source>This is Python 2 code: it cannot run in the new version before it is made Python 3.</source>
        <translation>Это код на Python 2: в новой версии он не запустится, пока не станет кодом на Python 3.</translation>
    </message>
    <message>
        <source>The old code has syntax errors. What can be read was migrated.</source>
        <translation>В старом коде есть синтаксические ошибки. Перенесено то, что удалось прочитать.</translation>
    </message>
    <message>
        <source>This line was edited by hand. Undo that first, or make the change yourself.</source>
        <translation>Эта строка правилась вручную. Сначала отмените это или внесите правку сами.</translation>
    </message>
    <message>
        <source>TorchLift was not closed properly. What you did last was kept.</source>
        <translation>TorchLift был закрыт неправильно. Последняя работа сохранена.</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Восстановить</translation>
    </message>
    <message>
        <source>Old code</source>
        <translation>Старый код</translation>
    </message>
    <message>
        <source>Migrated</source>
        <translation>Новый код</translation>
    </message>
    <message>
        <source>Release notes</source>
        <translation>Заметки о выпусках</translation>
    </message>
    <message numerus="yes">
        <source>%n breaking use(s)</source>
        <translation>
            <numerusform>%n ломается</numerusform>
            <numerusform>%n ломаются</numerusform>
            <numerusform>%n ломаются</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n change(s) made</source>
        <translation>
            <numerusform>внесено %1 из %n правки</numerusform>
            <numerusform>внесено %1 из %n правок</numerusform>
            <numerusform>внесено %1 из %n правок</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 found, %2 cited</source>
        <translation>найдено %1, цитируется %2</translation>
    </message>
    <message>
        <source>Changes (%1)</source>
        <translation>Правки (%1)</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Результаты</translation>
    </message>
    <message>
        <source>Not migrated (%1)</source>
        <translation>Не перенесено (%1)</translation>
    </message>
    <message>
        <source>Model answer</source>
        <translation>Ответ модели</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Журнал</translation>
    </message>
    <message>
        <source>Nothing in this code breaks between %1 and %2: it stays as it is.</source>
        <translation>Ничто в этом коде не ломается между %1 и %2: он остаётся как есть.</translation>
    </message>
    <message>
        <source>Migrate rewrites what breaks in the new version (F5).</source>
        <translation>«Перенести» переписывает то, что ломается в новой версии (F5).</translation>
    </message>
    <message>
        <source>Everything that breaks was migrated.</source>
        <translation>Всё, что ломается, перенесено.</translation>
    </message>
    <message>
        <source>Uses that break and that no rule could rewrite stand here, each with its reason.</source>
        <translation>Здесь стоят места, которые ломаются и которые ни одно правило не смогло переписать, каждое со своей причиной.</translation>
    </message>
    <message>
        <source>No release note was found.</source>
        <translation>Заметок о выпусках не найдено.</translation>
    </message>
    <message>
        <source>The release notes that concern this code stand here after it is migrated.</source>
        <translation>Здесь появятся заметки о выпусках, которые касаются этого кода, когда он будет перенесён.</translation>
    </message>
    <message>
        <source>%1 – TorchLift</source>
        <translation>%1 – TorchLift</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>готово</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>нет</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Модель</translation>
    </message>
    <message>
        <source>none</source>
        <translation>нет</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>Несохранённые изменения</translation>
    </message>
    <message>
        <source>The code was edited and not saved.</source>
        <translation>Код изменён и не сохранён.</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Файл</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Недавние</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Правка</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Вид</translation>
    </message>
    <message>
        <source>&amp;Appearance</source>
        <translation>&amp;Оформление</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Язык</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Запуск</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Справка</translation>
    </message>
    <message>
        <source>&amp;Open …</source>
        <translation>&amp;Открыть …</translation>
    </message>
    <message>
        <source>&amp;Paste as old code</source>
        <translation>&amp;Вставить как старый код</translation>
    </message>
    <message>
        <source>Open the sa&amp;mple</source>
        <translation>Открыть &amp;пример</translation>
    </message>
    <message>
        <source>&amp;Save new code as …</source>
        <translation>&amp;Сохранить новый код как …</translation>
    </message>
    <message>
        <source>Save s&amp;ession as …</source>
        <translation>Сохранить с&amp;еанс как …</translation>
    </message>
    <message>
        <source>Export results …</source>
        <translation>Экспорт результатов …</translation>
    </message>
    <message>
        <source>Import results …</source>
        <translation>Импорт результатов …</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>В&amp;ыход</translation>
    </message>
    <message>
        <source>&amp;Undo in the new code</source>
        <translation>&amp;Отменить в новом коде</translation>
    </message>
    <message>
        <source>&amp;Redo in the new code</source>
        <translation>&amp;Повторить в новом коде</translation>
    </message>
    <message>
        <source>&amp;Find …</source>
        <translation>&amp;Найти …</translation>
    </message>
    <message>
        <source>Find &amp;next</source>
        <translation>Найти &amp;далее</translation>
    </message>
    <message>
        <source>Migrate</source>
        <translation>Перенести</translation>
    </message>
    <message>
        <source>Validate</source>
        <translation>Проверить</translation>
    </message>
    <message>
        <source>Ask model</source>
        <translation>Спросить модель</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Остановить</translation>
    </message>
    <message>
        <source>&amp;Next change</source>
        <translation>&amp;Следующая правка</translation>
    </message>
    <message>
        <source>&amp;Previous change</source>
        <translation>&amp;Предыдущая правка</translation>
    </message>
    <message>
        <source>&amp;Accept change</source>
        <translation>Прин&amp;ять правку</translation>
    </message>
    <message>
        <source>Re&amp;ject change</source>
        <translation>О&amp;тклонить правку</translation>
    </message>
    <message>
        <source>Language &amp;model …</source>
        <translation>Языковая &amp;модель …</translation>
    </message>
    <message>
        <source>Larger code</source>
        <translation>Код крупнее</translation>
    </message>
    <message>
        <source>Smaller code</source>
        <translation>Код мельче</translation>
    </message>
    <message>
        <source>Normal size</source>
        <translation>Обычный размер</translation>
    </message>
    <message>
        <source>&amp;Tables below</source>
        <translation>&amp;Таблицы внизу</translation>
    </message>
    <message>
        <source>&amp;About TorchLift</source>
        <translation>&amp;О TorchLift</translation>
    </message>
    <message>
        <source>&amp;Code, notes and migrated code</source>
        <translation>&amp;Код, заметки и новый код</translation>
    </message>
    <message>
        <source>Code &amp;side by side</source>
        <translation>Код &amp;рядом</translation>
    </message>
    <message>
        <source>Notes and changes &amp;inline</source>
        <translation>Заметки и правки в &amp;тексте</translation>
    </message>
    <message>
        <source>Open Python code or a session (Ctrl+O)</source>
        <translation>Открыть код на Python или сеанс (Ctrl+O)</translation>
    </message>
    <message>
        <source>Save the new code as … (Ctrl+S)</source>
        <translation>Сохранить новый код как … (Ctrl+S)</translation>
    </message>
    <message>
        <source>Rewrite what breaks and find its release notes (F5)</source>
        <translation>Переписать то, что ломается, и найти заметки о выпусках (F5)</translation>
    </message>
    <message>
        <source>Run old and new code and compare (F6)</source>
        <translation>Запустить старый и новый код и сравнить (F6)</translation>
    </message>
    <message>
        <source>Send code and notes to the language model (F7)</source>
        <translation>Отправить код и заметки языковой модели (F7)</translation>
    </message>
    <message>
        <source>No language model is set up: one would rewrite what rules cannot. See Run, Language model.</source>
        <translation>Языковая модель не настроена: она переписала бы то, чего не могут правила. См. «Запуск», «Языковая модель».</translation>
    </message>
    <message>
        <source>Stop what is running (Esc)</source>
        <translation>Остановить то, что выполняется (Esc)</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>Как в системе</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Светлое</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Тёмное</translation>
    </message>
    <message>
        <source>Open old code</source>
        <translation>Открыть старый код</translation>
    </message>
    <message>
        <source>Python code and sessions (*.py *.torchlift);;All files (*)</source>
        <translation>Код на Python и сеансы (*.py *.torchlift);;Все файлы (*)</translation>
    </message>
    <message>
        <source>There is no text to paste. Copy some Python code first.</source>
        <translation>Вставлять нечего. Сначала скопируйте код на Python.</translation>
    </message>
    <message>
        <source>Save new code as</source>
        <translation>Сохранить новый код как</translation>
    </message>
    <message>
        <source>Python code (*.py);;All files (*)</source>
        <translation>Код на Python (*.py);;Все файлы (*)</translation>
    </message>
    <message>
        <source>Save session as</source>
        <translation>Сохранить сеанс как</translation>
    </message>
    <message>
        <source>Sessions (*.torchlift)</source>
        <translation>Сеансы (*.torchlift)</translation>
    </message>
    <message>
        <source>Export results</source>
        <translation>Экспорт результатов</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Таблицы (*.csv)</translation>
    </message>
    <message>
        <source>Import results</source>
        <translation>Импорт результатов</translation>
    </message>
    <message>
        <source>Tables (*.csv);;All files (*)</source>
        <translation>Таблицы (*.csv);;Все файлы (*)</translation>
    </message>
    <message>
        <source>Offline is switched on: nothing is sent to %1. Change it under Run, Language model.</source>
        <translation>Включён режим без сети: на %1 ничего не отправляется. Изменить это можно в «Запуск», «Языковая модель».</translation>
    </message>
    <message>
        <source>Send code to another machine?</source>
        <translation>Отправить код на другую машину?</translation>
    </message>
    <message>
        <source>The code and the release notes found for it are sent to %1. This is asked once for each folder and machine.</source>
        <translation>Код и найденные для него заметки о выпусках отправляются на %1. Этот вопрос задаётся один раз для каждой папки и машины.</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Отправить</translation>
    </message>
    <message>
        <source>&amp;Keep interpreters ready</source>
        <translation>&amp;Держать интерпретаторы наготове</translation>
    </message>
    <message>
        <source>Validation then starts at once; they take memory meanwhile</source>
        <translation>Проверка тогда начинается сразу; интерпретаторы всё это время занимают память</translation>
    </message>
    <message>
        <source>Find the first &amp;line that differs</source>
        <translation>Искать первую расходящуюся &amp;строку</translation>
    </message>
    <message>
        <source>Validation also follows what every line assigns; that is slower</source>
        <translation>Проверка следит и за тем, что присваивает каждая строка; это медленнее</translation>
    </message>
    <message>
        <source>Map CU&amp;DA to the CPU</source>
        <translation>&amp;Процессор вместо CUDA</translation>
    </message>
    <message>
        <source>Code that asks for a CUDA card gets the CPU, in both versions; results say so</source>
        <translation>Код, которому нужна карта CUDA, получает процессор в обеих версиях; результаты это отмечают</translation>
    </message>
    <message>
        <source>Import folder of results …</source>
        <translation>Открыть папку результатов …</translation>
    </message>
    <message>
        <source>Import a folder of results</source>
        <translation>Открыть папку результатов</translation>
    </message>
    <message>
        <source>&amp;Environments …</source>
        <translation>&amp;Окружения …</translation>
    </message>
    <message>
        <source>Find the &amp;release that breaks it …</source>
        <translation>Найти &amp;выпуск, где ломается …</translation>
    </message>
    <message>
        <source>Run the old code in further releases?</source>
        <translation>Запустить старый код в других выпусках?</translation>
    </message>
    <message>
        <source>The first release in which it fails, differs or warns is looked for by running it there. Releases that are not installed are downloaded, several GB at most, one at a time, and removed again.</source>
        <translation>Первый выпуск, в котором код не работает, даёт другое или предупреждает, ищется запусками в нём. Неустановленные выпуски загружаются по одному, до нескольких ГБ, и затем удаляются.</translation>
    </message>
    <message>
        <source>Look for it</source>
        <translation>Искать</translation>
    </message>
    <message>
        <source>Nothing goes wrong in torch %1.</source>
        <translation>В torch %1 всё работает так же.</translation>
    </message>
    <message>
        <source>It goes wrong from torch %1 on; torch %2 is the last without. The notes are now those of this release.</source>
        <translation>Ломается начиная с torch %1; torch %2 — последний, где этого нет. Показаны заметки этого выпуска.</translation>
    </message>
    <message>
        <source>Validate cases …</source>
        <translation>Проверить примеры …</translation>
    </message>
    <message>
        <source>Run many cases of old and new code, one after another; opened again they go on where they ended</source>
        <translation>Запустить много примеров старого и нового кода один за другим; при повторном открытии проверка продолжается с места остановки</translation>
    </message>
    <message>
        <source>Validate cases</source>
        <translation>Проверка примеров</translation>
    </message>
    <message>
        <source>Cases (*.jsonl *.json *.csv);;All files (*)</source>
        <translation>Примеры (*.jsonl *.json *.csv);;Все файлы (*)</translation>
    </message>
    <message>
        <source>Migrate by &amp;observed types</source>
        <translation>Миграция по на&amp;блюдаемым типам</translation>
    </message>
    <message>
        <source>Runs the old code in both versions first, to see types that reading does not tell (Shift+F5)</source>
        <translation>Сначала старый код запускается в обеих версиях, чтобы увидеть типы, которых не видно при чтении (Shift+F5)</translation>
    </message>
    <message>
        <source>&amp;Only changes that also run in the old version</source>
        <translation>&amp;Только изменения, которые работают и в старой версии</translation>
    </message>
    <message>
        <source>The next migration makes only changes whose new form was measured to work in both</source>
        <translation>Следующая миграция делает только изменения, новая форма которых по измерениям работает в обеих версиях</translation>
    </message>
    <message numerus="yes">
        <source>The new code fails. %n thing(s) that migration held back may help.</source>
        <translation>
            <numerusform>Новый код не работает. Может помочь %n вещь, от которой миграция воздержалась.</numerusform>
            <numerusform>Новый код не работает. Могут помочь %n вещи, от которых миграция воздержалась.</numerusform>
            <numerusform>Новый код не работает. Может помочь %n вещей, от которых миграция воздержалась.</numerusform>
        </translation>
    </message>
    <message>
        <source>Try them</source>
        <translation>Попробовать</translation>
    </message>
    <message>
        <source>&amp;Files the code may read …</source>
        <translation>&amp;Файлы, доступные коду …</translation>
    </message>
    <message>
        <source>Em&amp;bedding models …</source>
        <translation>Модели &amp;эмбеддингов …</translation>
    </message>
    <message>
        <source>Found by %1</source>
        <translation>Найдено моделью %1</translation>
    </message>
</context>
<context>
    <name>TorchLift::MessageBar</name>
    <message>
        <source>Details</source>
        <translation>Подробности</translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation>Скопировать команду</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрыть</translation>
    </message>
    <message>
        <source>%1 Next: %2</source>
        <translation>%1 Далее: %2</translation>
    </message>
</context>
<context>
    <name>TorchLift::ModelDialog</name>
    <message>
        <source>Offline: never send anything to another machine</source>
        <translation>Без сети: ничего не отправлять на другие машины</translation>
    </message>
    <message>
        <source>Test connection</source>
        <translation>Проверить соединение</translation>
    </message>
    <message>
        <source>Language model</source>
        <translation>Языковая модель</translation>
    </message>
    <message>
        <source>kept until TorchLift is closed, never saved</source>
        <translation>хранится до закрытия TorchLift, никогда не сохраняется</translation>
    </message>
    <message>
        <source>Any server that speaks the OpenAI chat protocol: llama-server, Ollama, vLLM, or a hosted one. Before code goes to another machine you are asked.</source>
        <translation>Любой сервер, который понимает чат-протокол OpenAI: llama-server, Ollama, vLLM или облачный. Прежде чем код уйдёт на другую машину, вас спросят.</translation>
    </message>
    <message>
        <source>Base URL</source>
        <translation>Адрес</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Модель</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Ключ</translation>
    </message>
    <message>
        <source>It answers: %1</source>
        <translation>Отвечает: %1</translation>
    </message>
    <message>
        <source>Asking …</source>
        <translation>Спрашиваю …</translation>
    </message>
</context>
<context>
    <name>TorchLift::ModelPane</name>
    <message>
        <source>Use this code</source>
        <translation>Взять этот код</translation>
    </message>
    <message>
        <source>Replaces the migrated code; undo brings it back</source>
        <translation>Заменяет новый код; отмена вернёт прежний</translation>
    </message>
    <message>
        <source>Set up a model …</source>
        <translation>Настроить модель …</translation>
    </message>
    <message>
        <source>Ask model sends the code and the release notes on the left to your model, and shows its answer here as it comes.</source>
        <translation>«Спросить модель» отправляет вашей модели код и найденные заметки и показывает здесь её ответ по мере поступления.</translation>
    </message>
    <message>
        <source>No model is set up, and none is needed. One would rewrite what rules cannot, such as code that needs a decision, and explain the result in your language. It can run on this machine.</source>
        <translation>Модель не настроена, и она не обязательна. Она переписала бы то, чего не могут правила, например код, где нужно решение, и объяснила бы результат на вашем языке. Она может работать на этой машине.</translation>
    </message>
    <message>
        <source>The model is answering …</source>
        <translation>Модель отвечает …</translation>
    </message>
    <message>
        <source>The answer was cut off before its end.</source>
        <translation>Ответ оборвался до конца.</translation>
    </message>
    <message>
        <source>The answer holds no code.</source>
        <translation>В ответе нет кода.</translation>
    </message>
    <message>
        <source>The model&apos;s explanation</source>
        <translation>Объяснение модели</translation>
    </message>
    <message>
        <source>The answer was stopped. This is what came until then; the code was not changed.</source>
        <translation>Ответ прерван. Ниже то, что успело прийти; код не изменён.</translation>
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
        <translation>не установлен: код в этой версии не запустить</translation>
    </message>
    <message>
        <source>finds release notes by meaning</source>
        <translation>находит заметки о выпусках по смыслу</translation>
    </message>
    <message>
        <source>missing: release notes are found by words only</source>
        <translation>нет: заметки о выпусках ищутся только по словам</translation>
    </message>
    <message>
        <source>Sandbox</source>
        <translation>Песочница</translation>
    </message>
    <message>
        <source>code runs without network and without your files</source>
        <translation>код работает без сети и без ваших файлов</translation>
    </message>
    <message>
        <source>not available: code is not run</source>
        <translation>недоступна: код не запускается</translation>
    </message>
    <message>
        <source>Old PyTorch code in, working code out</source>
        <translation>Из старого кода PyTorch — рабочий</translation>
    </message>
    <message>
        <source>TorchLift rewrites code for PyTorch 1.0 so that it runs in 2.7, shows the release note behind every change, and proves the result by running both. Open a Python file, or drop it here.</source>
        <translation>TorchLift переписывает код для PyTorch 1.0 так, чтобы он работал в 2.7, показывает заметку о выпуске за каждой правкой и доказывает результат, запуская оба варианта. Откройте файл Python или перетащите его сюда.</translation>
    </message>
    <message>
        <source>Open …</source>
        <translation>Открыть …</translation>
    </message>
    <message>
        <source>Paste code</source>
        <translation>Вставить код</translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation>Открыть пример</translation>
    </message>
    <message>
        <source>What is ready</source>
        <translation>Что готово</translation>
    </message>
    <message>
        <source>Looking at what is installed …</source>
        <translation>Смотрю, что установлено …</translation>
    </message>
    <message>
        <source>Language model</source>
        <translation>Языковая модель</translation>
    </message>
    <message>
        <source>optional: rewrites what rules cannot and explains the result</source>
        <translation>необязательно: переписывает то, чего не могут правила, и объясняет результат</translation>
    </message>
    <message>
        <source>Recent: %1</source>
        <translation>Недавние: %1</translation>
    </message>
    <message>
        <source>Set up …</source>
        <translation>Настроить …</translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation>Скопировать команду</translation>
    </message>
</context>
<context>
    <name>TorchLift::ResiduesModel</name>
    <message>
        <source>Line</source>
        <translation>Строка</translation>
    </message>
    <message>
        <source>Symbol</source>
        <translation>Символ</translation>
    </message>
    <message>
        <source>Not migrated because</source>
        <translation>Не перенесено, потому что</translation>
    </message>
    <message>
        <source>Broken in</source>
        <translation>Сломано в</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>Что делать</translation>
    </message>
</context>
<context>
    <name>TorchLift::ResultsModel</name>
    <message>
        <source>line %1: %2</source>
        <translation>строка %1: %2</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>да</translation>
    </message>
    <message>
        <source>no</source>
        <translation>нет</translation>
    </message>
    <message>
        <source>running …</source>
        <translation>выполняется …</translation>
    </message>
    <message>
        <source>no: %1</source>
        <translation>нет: %1</translation>
    </message>
    <message>
        <source>First breaking symbol, or the file&apos;s name</source>
        <translation>Первый ломающийся символ или имя файла</translation>
    </message>
    <message>
        <source>API</source>
        <translation>API</translation>
    </message>
    <message>
        <source>The old code in %1</source>
        <translation>Старый код в %1</translation>
    </message>
    <message>
        <source>Works in %1</source>
        <translation>Работает в %1</translation>
    </message>
    <message>
        <source>The migrated code in %1</source>
        <translation>Новый код в %1</translation>
    </message>
    <message>
        <source>After migration</source>
        <translation>После переноса</translation>
    </message>
    <message>
        <source>What it printed</source>
        <translation>Что напечатано</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Вывод</translation>
    </message>
    <message>
        <source>Why it failed</source>
        <translation>Почему не сработало</translation>
    </message>
    <message>
        <source>Err</source>
        <translation>Ошибка</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Вердикт</translation>
    </message>
    <message>
        <source>%1 (CUDA on the CPU)</source>
        <translation>%1 (вместо CUDA процессор)</translation>
    </message>
    <message>
        <source>no: needs a CUDA card</source>
        <translation>нет: нужна карта CUDA</translation>
    </message>
</context>
<context>
    <name>TorchLift::ResultsPane</name>
    <message>
        <source>Export CSV …</source>
        <translation>Экспорт CSV …</translation>
    </message>
    <message>
        <source>Import CSV …</source>
        <translation>Импорт CSV …</translation>
    </message>
    <message>
        <source>Validate runs the old code in both versions and the migrated code in the new one, inside a sandbox, and compares what they compute (F6).</source>
        <translation>«Проверить» запускает в песочнице старый код в обеих версиях и новый код в новой и сравнивает, что они вычисляют (F6).</translation>
    </message>
</context>
<context>
    <name>TorchLift::SettingsBar</name>
    <message>
        <source>From</source>
        <translation>Из</translation>
    </message>
    <message>
        <source>to</source>
        <translation>в</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Режим</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Заметок</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Принимать</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>авто</translation>
    </message>
    <message>
        <source>PyTorch version the code was written for; auto finds it from the symbols that it uses</source>
        <translation>Версия PyTorch, для которой написан код; «авто» находит её по используемым символам</translation>
    </message>
    <message>
        <source>PyTorch version that the code shall run in</source>
        <translation>Версия PyTorch, в которой код должен работать</translation>
    </message>
    <message>
        <source>rules</source>
        <translation>правила</translation>
    </message>
    <message>
        <source>model</source>
        <translation>модель</translation>
    </message>
    <message>
        <source>Who rewrites the code</source>
        <translation>Кто переписывает код</translation>
    </message>
    <message>
        <source>Rules rewrite the code. A language model would take over what rules cannot: set one up under Model.</source>
        <translation>Код переписывают правила. Языковая модель взяла бы на себя то, чего они не могут: её можно настроить в меню «Запуск».</translation>
    </message>
    <message>
        <source>How many release notes are retrieved</source>
        <translation>Сколько заметок о выпусках искать</translation>
    </message>
    <message>
        <source>safe</source>
        <translation>безопасные</translation>
    </message>
    <message>
        <source>safe and review</source>
        <translation>кроме поведения</translation>
    </message>
    <message>
        <source>all</source>
        <translation>все</translation>
    </message>
    <message>
        <source>Which changes are made without asking. Those that change behaviour are made only with “all”.</source>
        <translation>Какие правки вносятся без вопроса. Меняющие поведение вносятся только при «все».</translation>
    </message>
    <message>
        <source>both</source>
        <translation>вместе</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Эмбеддинг</translation>
    </message>
    <message>
        <source>What compares code with release notes: %1. Others are installed under Run, Embedding models.</source>
        <translation>Что сравнивает код с заметками: %1. Другие модели устанавливаются в меню «Запуск», «Модели эмбеддингов».</translation>
    </message>
</context>
<context>
    <name>TorchLift::Texts</name>
    <message>
        <source>Cancelled.</source>
        <translation>Остановлено.</translation>
    </message>
    <message>
        <source>These settings do not fit together.</source>
        <translation>Эти настройки не сочетаются.</translation>
    </message>
    <message>
        <source>These settings do not fit together: %1</source>
        <translation>Эти настройки не сочетаются: %1</translation>
    </message>
    <message>
        <source>This is not text that can be migrated.</source>
        <translation>Это не текст, который можно перенести.</translation>
    </message>
    <message>
        <source>%1 cannot be processed.</source>
        <translation>%1: обработать нельзя.</translation>
    </message>
    <message>
        <source>Something that is needed was not found.</source>
        <translation>Нужное не найдено.</translation>
    </message>
    <message>
        <source>%1 was not found.</source>
        <translation>%1: не найдено.</translation>
    </message>
    <message>
        <source>The file cannot be read.</source>
        <translation>Файл не читается.</translation>
    </message>
    <message>
        <source>%1 cannot be read.</source>
        <translation>%1: не читается.</translation>
    </message>
    <message>
        <source>Writing failed. Choose another place.</source>
        <translation>Записать не удалось. Выберите другое место.</translation>
    </message>
    <message>
        <source>%1 could not be written. Choose another place.</source>
        <translation>%1: записать не удалось. Выберите другое место.</translation>
    </message>
    <message>
        <source>This is larger than what can be processed.</source>
        <translation>Это больше, чем можно обработать.</translation>
    </message>
    <message>
        <source>%1 is larger than what can be processed.</source>
        <translation>%1: больше, чем можно обработать.</translation>
    </message>
    <message>
        <source>A file is damaged.</source>
        <translation>Файл повреждён.</translation>
    </message>
    <message>
        <source>%1 is damaged.</source>
        <translation>%1: файл повреждён.</translation>
    </message>
    <message>
        <source>This was written by a newer version of TorchLift.</source>
        <translation>Это записано более новой версией TorchLift.</translation>
    </message>
    <message>
        <source>%1 was written by a newer version of TorchLift.</source>
        <translation>%1: записано более новой версией TorchLift.</translation>
    </message>
    <message>
        <source>A part is not installed yet.</source>
        <translation>Одна из частей ещё не установлена.</translation>
    </message>
    <message>
        <source>%1 is not installed yet.</source>
        <translation>%1: ещё не установлено.</translation>
    </message>
    <message>
        <source>The server could not be reached or answered badly.</source>
        <translation>Сервер недоступен или ответил неверно.</translation>
    </message>
    <message>
        <source>%1 could not be reached or answered badly.</source>
        <translation>%1: недоступен или ответил неверно.</translation>
    </message>
    <message>
        <source>It took longer than allowed.</source>
        <translation>Это заняло больше времени, чем разрешено.</translation>
    </message>
    <message>
        <source>Not done, for safety.</source>
        <translation>Не сделано ради безопасности.</translation>
    </message>
    <message>
        <source>Not done, for safety: %1</source>
        <translation>Не сделано ради безопасности: %1</translation>
    </message>
    <message>
        <source>TorchLift made a mistake. The details help to report it.</source>
        <translation>Ошибка в самом TorchLift. Подробности помогут о ней сообщить.</translation>
    </message>
    <message>
        <source>works</source>
        <translation>работает</translation>
    </message>
    <message>
        <source>exception</source>
        <translation>исключение</translation>
    </message>
    <message>
        <source>left early</source>
        <translation>вышел раньше</translation>
    </message>
    <message>
        <source>crashed</source>
        <translation>упал</translation>
    </message>
    <message>
        <source>time limit</source>
        <translation>предел времени</translation>
    </message>
    <message>
        <source>memory limit</source>
        <translation>предел памяти</translation>
    </message>
    <message>
        <source>output limit</source>
        <translation>предел вывода</translation>
    </message>
    <message>
        <source>no report</source>
        <translation>нет отчёта</translation>
    </message>
    <message>
        <source>no sandbox</source>
        <translation>нет песочницы</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>остановлено</translation>
    </message>
    <message>
        <source>equal</source>
        <translation>равны</translation>
    </message>
    <message>
        <source>equal within tolerance</source>
        <translation>равны в пределах допуска</translation>
    </message>
    <message>
        <source>differs</source>
        <translation>различаются</translation>
    </message>
    <message>
        <source>differs, explained</source>
        <translation>различаются, объяснено</translation>
    </message>
    <message>
        <source>no reference</source>
        <translation>нет эталона</translation>
    </message>
    <message>
        <source>not compared</source>
        <translation>не сравнивалось</translation>
    </message>
    <message>
        <source>random numbers differ</source>
        <translation>разные случайные числа</translation>
    </message>
    <message>
        <source>Old and new code print the same and end with the same values.</source>
        <translation>Старый и новый код печатают одно и то же и заканчивают с одинаковыми значениями.</translation>
    </message>
    <message>
        <source>Old and new code agree up to rounding.</source>
        <translation>Старый и новый код совпадают с точностью до округления.</translation>
    </message>
    <message>
        <source>Old and new code compute something different.</source>
        <translation>Старый и новый код вычисляют разное.</translation>
    </message>
    <message>
        <source>Torch itself computes differently: with its changes taken back, the new code gives the old values.</source>
        <translation>Сам torch вычисляет иначе: если вернуть его изменения, новый код даёт прежние значения.</translation>
    </message>
    <message>
        <source>The old code does not work in its own version: there is nothing to compare with.</source>
        <translation>Старый код не работает в своей версии: сравнивать не с чем.</translation>
    </message>
    <message>
        <source>Nothing comparable was observed.</source>
        <translation>Ничего сравнимого не наблюдалось.</translation>
    </message>
    <message>
        <source>The results differ only where random numbers are drawn differently.</source>
        <translation>Результаты различаются только там, где иначе берутся случайные числа.</translation>
    </message>
    <message>
        <source>safe</source>
        <translation>безопасно</translation>
    </message>
    <message>
        <source>review</source>
        <translation>просмотреть</translation>
    </message>
    <message>
        <source>changes behaviour</source>
        <translation>меняет поведение</translation>
    </message>
    <message>
        <source>not validated</source>
        <translation>не проверено</translation>
    </message>
    <message>
        <source>proven</source>
        <translation>доказано</translation>
    </message>
    <message>
        <source>not executed</source>
        <translation>не выполнялось</translation>
    </message>
    <message>
        <source>refuted</source>
        <translation>опровергнуто</translation>
    </message>
    <message>
        <source>rule</source>
        <translation>правило</translation>
    </message>
    <message>
        <source>model</source>
        <translation>модель</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>вручную</translation>
    </message>
    <message>
        <source>known from imports</source>
        <translation>известно из импортов</translation>
    </message>
    <message>
        <source>inferred from assignments</source>
        <translation>выведено из присваиваний</translation>
    </message>
    <message>
        <source>observed in a run</source>
        <translation>наблюдалось при запуске</translation>
    </message>
    <message>
        <source>by name only</source>
        <translation>только по имени</translation>
    </message>
    <message>
        <source>no replacement</source>
        <translation>замены нет</translation>
    </message>
    <message>
        <source>needs a decision</source>
        <translation>нужно решение</translation>
    </message>
    <message>
        <source>receiver unknown</source>
        <translation>объект неизвестен</translation>
    </message>
    <message>
        <source>dynamic access</source>
        <translation>динамический доступ</translation>
    </message>
    <message>
        <source>behind a version check</source>
        <translation>за проверкой версии</translation>
    </message>
    <message>
        <source>conflicts with another change</source>
        <translation>противоречит другой правке</translation>
    </message>
    <message>
        <source>skipped on request</source>
        <translation>пропущено по просьбе</translation>
    </message>
    <message>
        <source>change not accepted</source>
        <translation>правка не принята</translation>
    </message>
    <message>
        <source>no rule knows it</source>
        <translation>нет правила</translation>
    </message>
    <message>
        <source>not valid in the old version</source>
        <translation>не годится для старой версии</translation>
    </message>
    <message>
        <source>syntax error</source>
        <translation>синтаксическая ошибка</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>Работаю</translation>
    </message>
    <message>
        <source>Embedding release notes</source>
        <translation>Векторизация заметок</translation>
    </message>
    <message>
        <source>Loading the embedding model</source>
        <translation>Загрузка модели эмбеддингов</translation>
    </message>
    <message>
        <source>Validating</source>
        <translation>Проверка</translation>
    </message>
    <message>
        <source>Reading release notes</source>
        <translation>Чтение заметок</translation>
    </message>
    <message>
        <source>Migrating</source>
        <translation>Перенос</translation>
    </message>
    <message>
        <source>Searching release notes</source>
        <translation>Поиск заметок</translation>
    </message>
    <message>
        <source>Asking the model</source>
        <translation>Вопрос модели</translation>
    </message>
    <message>
        <source>%1: %2 of %3</source>
        <translation>%1: %2 из %3</translation>
    </message>
    <message>
        <source>%1 took longer than allowed.</source>
        <translation>%1: вышло отведённое время.</translation>
    </message>
    <message>
        <source>Check that the server runs, and address, model and key under Run, Language model.</source>
        <translation>Проверьте, что сервер запущен, а также адрес, модель и ключ в меню «Запуск», «Языковая модель».</translation>
    </message>
    <message>
        <source>The server is silent. Ask again, or choose a smaller model under Run, Language model.</source>
        <translation>Сервер молчит. Спросите ещё раз или выберите модель поменьше в меню «Запуск», «Языковая модель».</translation>
    </message>
    <message>
        <source>Choose Python code, saved as UTF-8 text.</source>
        <translation>Выберите код на Python, сохранённый как текст в UTF-8.</translation>
    </message>
    <message>
        <source>Check that it is there and that you may read it.</source>
        <translation>Проверьте, что файл на месте и что его разрешено читать.</translation>
    </message>
    <message>
        <source>Split it into smaller files.</source>
        <translation>Разделите его на файлы поменьше.</translation>
    </message>
    <message>
        <source>output</source>
        <translation>вывод</translation>
    </message>
    <message>
        <source>dtype</source>
        <translation>тип чисел (dtype)</translation>
    </message>
    <message>
        <source>shape</source>
        <translation>форма</translation>
    </message>
    <message>
        <source>value</source>
        <translation>значение</translation>
    </message>
    <message>
        <source>type</source>
        <translation>тип</translation>
    </message>
    <message>
        <source>name no longer there</source>
        <translation>имени больше нет</translation>
    </message>
    <message>
        <source>how it ended</source>
        <translation>чем кончилось</translation>
    </message>
    <message>
        <source>random numbers</source>
        <translation>случайные числа</translation>
    </message>
    <message>
        <source>order of lines</source>
        <translation>порядок строк</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>предупреждение</translation>
    </message>
    <message>
        <source>requires_grad</source>
        <translation>requires_grad</translation>
    </message>
    <message>
        <source>no shift</source>
        <translation>сдвига нет</translation>
    </message>
    <message>
        <source>a moderate shift</source>
        <translation>умеренный сдвиг</translation>
    </message>
    <message>
        <source>a major shift</source>
        <translation>сильный сдвиг</translation>
    </message>
    <message>
        <source>Installing</source>
        <translation>Установка</translation>
    </message>
    <message>
        <source>Checking files</source>
        <translation>Проверка файлов</translation>
    </message>
    <message>
        <source>Compiling Python modules</source>
        <translation>Компиляция модулей Python</translation>
    </message>
    <message>
        <source>Waiting for another set-up</source>
        <translation>Ожидание другой установки</translation>
    </message>
    <message>
        <source>Running in further releases</source>
        <translation>Запуск в других выпусках</translation>
    </message>
    <message>
        <source>Running the old code to see types</source>
        <translation>Запуск старого кода, чтобы увидеть типы</translation>
    </message>
    <message>
        <source>%1 is not installed here. Install it, or choose another model.</source>
        <translation>%1 здесь не установлена. Установите её или выберите другую модель.</translation>
    </message>
    <message>
        <source>A file of %1 is damaged. Install it again.</source>
        <translation>Файл модели %1 повреждён. Установите её заново.</translation>
    </message>
    <message>
        <source>libtorch, which computes the embeddings, is missing or damaged here. This command gets it:</source>
        <translation>Здесь нет libtorch, которая вычисляет эмбеддинги, или она повреждена. Её установит команда:</translation>
    </message>
    <message>
        <source>There is no NVIDIA driver on this machine: only the processor can compute.</source>
        <translation>На этой машине нет драйвера NVIDIA: вычислять может только процессор.</translation>
    </message>
    <message>
        <source>The NVIDIA driver finds no card it can use: only the processor can compute.</source>
        <translation>Драйвер NVIDIA не находит пригодной видеокарты: вычислять может только процессор.</translation>
    </message>
    <message>
        <source>The libraries that computing on a card needs are not here. This command gets them:</source>
        <translation>Здесь нет библиотек, которые нужны для вычислений на видеокарте. Их установит команда:</translation>
    </message>
    <message>
        <source>%1 is computed on the processor only. On a card take fp16 or bf16.</source>
        <translation>%1 вычисляет только процессор. Для видеокарты выберите fp16 или bf16.</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>Загрузка</translation>
    </message>
    <message>
        <source>Copying</source>
        <translation>Копирование</translation>
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
        <translation>Остановлено.</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>Сохранено: %1</translation>
    </message>
    <message numerus="yes">
        <source>%n result(s) read from %1</source>
        <translation>
            <numerusform>%n результат прочитан из %1</numerusform>
            <numerusform>%n результата прочитано из %1</numerusform>
            <numerusform>%n результатов прочитано из %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n change(s) found</source>
        <translation>
            <numerusform>Найдена %n правка</numerusform>
            <numerusform>Найдено %n правки</numerusform>
            <numerusform>Найдено %n правок</numerusform>
        </translation>
    </message>
    <message>
        <source>Asking %1 at %2</source>
        <translation>Спрашиваю %1 на %2</translation>
    </message>
    <message>
        <source>Verdict: %1</source>
        <translation>Вердикт: %1</translation>
    </message>
    <message>
        <source>Code pasted</source>
        <translation>Код вставлен</translation>
    </message>
    <message>
        <source>Opened %1</source>
        <translation>Открыто: %1</translation>
    </message>
    <message>
        <source>torch %1: %2</source>
        <translation>torch %1: %2</translation>
    </message>
    <message>
        <source>%1 was not run: %2</source>
        <translation>Пример %1 не запущен: %2</translation>
    </message>
    <message>
        <source>All cases have been run.</source>
        <translation>Все примеры проверены.</translation>
    </message>
    <message numerus="yes">
        <source>%n expression(s) have a type that only running tells</source>
        <translation>
            <numerusform>У %n выражения тип виден только при запуске</numerusform>
            <numerusform>У %n выражений тип виден только при запуске</numerusform>
            <numerusform>У %n выражений тип виден только при запуске</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n release note(s) found by %1</source>
        <translation>
            <numerusform>Найдена %n заметка: %1</numerusform>
            <numerusform>Найдено %n заметки: %1</numerusform>
            <numerusform>Найдено %n заметок: %1</numerusform>
        </translation>
    </message>
    <message>
        <source>words and symbols only</source>
        <translation>только по словам и символам</translation>
    </message>
</context>
</TS>
