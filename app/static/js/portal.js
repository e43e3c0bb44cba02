// Enhancements of pages that work without them. One module per kind of thing.
import { enhanceBoardNews } from "./board-news.js";
import { enhanceBoard } from "./board.js";
import { enhanceDates } from "./dates.js";
import { enhanceForms } from "./forms.js";
import { enhanceKeyboard } from "./keyboard.js";
import { enhanceLists } from "./lists.js";
import { enhanceLookups } from "./lookup.js";
import { enhancePostalCodes } from "./postal.js";
import { enhancePage } from "./page.js";
import { enhancePresence } from "./presence.js";
import { enhanceQuality } from "./quality.js";

enhancePage(document);
enhanceLists(document);
enhanceLookups(document);
enhanceDates(document);
enhancePostalCodes(document);
enhanceForms(document);
enhanceKeyboard(document);
enhancePresence(document);
enhanceBoard(document);
enhanceBoardNews(document);
enhanceQuality(document);
