/* SPDX-License-Identifier: Apache-2.0 */
/* pii_list_surname.c - surnames by language, folded. Order means nothing. Endings are pii_people.c's matter. */
#include "jobs/discovery/values/pii_lists.h"

#include <stddef.h>

const char *const pii_surnames[] = {
    /* English */
    "smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson "
    "anderson",
    "thomas taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson walker "
    "young",
    "allen king wright scott torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter",
    "roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook "
    "rogers",
    "gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward richardson watson brooks "
    "chavez",
    "wood james bennett gray mendoza ruiz hughes price alvarez castillo sanders patel myers long ross foster jimenez",
    "powell jenkins perry russell sullivan bell coleman butler henderson barnes gonzales fisher vasquez simmons romero",
    "jordan patterson alexander hamilton graham reynolds griffin wallace moreno west cole hayes bryant herrera gibson",
    "ellis tran medina aguilar stevens murray ford castro marshall owens harrison fernandez mcdonald woods washington",
    "kennedy wells vargas henry chen freeman webb tucker guzman burns crawford olson simpson porter hunter gordon "
    "mendez",
    "silva shaw snyder mason dixon munoz hunt hicks holmes palmer wagner black robertson boyd rose stone salazar fox",
    "warren mills meyer rice schmidt garza daniels ferguson nichols stephens soto weaver ryan gardner payne grant dunn",
    "kelley spencer hawkins arnold pierce hansen peters santos hart bradley knight elliott cunningham duncan armstrong",
    "hudson carroll lane riley andrews alvarado ray delgado berry perkins hoffman johnston matthews pena richards",
    "contreras willis carpenter lawrence sandoval guerrero george chapman rios estrada ortega watkins greene nunez",
    "wheeler valdez harper burke larson santiago maldonado morrison franklin carlson austin dominguez carr lawson "
    "jacobs",
    "obrien lynch singh vega bishop montgomery oliver jensen harvey williamson gilbert dean sims espinoza howell li "
    "wong",
    "reid hanson le mccoy garrett burton fuller wang weber welch rojas lucas marquez fields park yang little banks "
    "padilla",
    "day walsh bowman schultz luna fowler mejia davies clarke lewis cooper ward patel khan ahmed hussain begum ali",
    "macdonald mackenzie fraser sinclair douglas cameron craig stuart bruce wallace ohara oneill oconnor mccarthy",
    "byrne doyle gallagher doherty kavanagh nolan quinn fitzgerald brennan walsh whelan hogan boyle farrell bates "
    "barton",
    "saunders pearson gill blackwell atkinson barker wilkinson booth chambers sutton hardy whitehead holland lowe "
    "barrett",
    "pratt bird hobbs cross goodwin francis norris tyler barber frost davidson preston blake dawson hooper todd "
    "parsons",
    "bond rowe pope doyle abbott dale flynn tate glover mann naylor kirk nash hewitt potter conway cohen levy goldberg",
    /* German, Dutch */
    "muller mueller schneider fischer weber meyer maier mayer meier wagner becker schulz schulze hoffmann schafer "
    "schaefer",
    "koch bauer richter klein wolf schroder schroeder neumann schwarz zimmermann braun kruger krueger hofmann hartmann",
    "lange schmitt werner schmitz krause lehmann kohler koehler herrmann walter konig koenig mayr kaiser fuchs peters "
    "lang",
    "scholz moller moeller weiss jung hahn schubert vogel friedrich keller gunther berger winkler lorenz baumann",
    "franke albrecht simon ludwig bohm boehm winter kraus schumacher vogt stein jager jaeger otto sommer gross seidel",
    "heinrich brandt haas schreiber graf dietrich ziegler kuhn kuehn pohl engel horn busch bergmann thomas voigt sauer",
    "arnold wolff pfeiffer gruber huber moser steiner hofer leitner egger eder brunner schmid wallner pichler reiter",
    "fritz gerber frey widmer baumgartner zbinden luthi ammann buhler steiger kunz trub roth beck lutz ernst",
    "jansen janssen janssens peeters maes jacobs mertens willems claes goossens wouters de jong vries jong berg bakker",
    "visser smit meijer boer mulder groot bos vos peters hendriks dekker leeuwen brouwer wit dijkstra smits graaf",
    "meer linden kok jacobs haan vermeulen heuvel veen broek bruijn heijden schouten beek willems vliet ven hoekstra "
    "maas",
    "verhoeven koster prins huisman blom kuiper veenstra kramer wal dijk verbeek hermans",
    /* French */
    "martin bernard dubois thomas robert richard petit durand leroy moreau simon laurent lefebvre michel garcia david",
    "bertrand roux vincent fournier morel girard andre lefevre mercier dupont lambert bonnet francois martinez legrand",
    "garnier faure rousseau blanc guerin muller henry roussel nicolas perrin morin mathieu clement gauthier dumont "
    "lopez",
    "fontaine chevalier robin masson sanchez gerard nguyen boyer denis lemaire duval joly gautier roger roche roy noel",
    "meyer lucas meunier jean perez marchand dufour blanchard marie barbier brun dumas brunet schmitt leroux colas",
    "fernandez pierre renard arnaud rolland caron aubert giraud leclerc vidal bourgeois renaud lemoine picard gaillard",
    "philippe leclercq lacroix fabre dupuis olivier rodriguez dasilva hubert louis charles guillot riviere adam",
    "tremblay gagnon bouchard gauthier lavoie fortin gagne ouellet pelletier belanger levesque bergeron leblanc "
    "paquette",
    "girard simard boucher caron beaulieu cloutier dube poirier lapointe desjardins lessard favre rochat cuendet blanc",
    "besson carpentier maillard delaunay pichon charpentier hamel gros grondin ferrand vasseur millet marion bailly",
    /* Spanish, Portuguese */
    "gonzalez rodriguez fernandez lopez martinez sanchez perez gomez martin jimenez ruiz hernandez diaz moreno munoz",
    "alvarez romero alonso gutierrez navarro torres dominguez vazquez ramos gil ramirez serrano blanco molina morales",
    "suarez ortega delgado castro ortiz rubio marin sanz nunez iglesias medina garrido cortes castillo santos lozano",
    "guerrero cano prieto mendez cruz calvo gallego herrera marquez leon vidal pena flores cabrera campos vega fuentes",
    "carrasco diez reyes caballero nieto aguilar pascual santana herrero montero lorenzo hidalgo gimenez ibanez ferrer",
    "duran santiago benitez vargas mora vicente arias carmona crespo roman soto pastor velasco saez moya soler parra",
    "esteban bravo gallardo rojas pardo merino franco espinosa lara rivas rivera silva casado arroyo redondo camacho "
    "rey",
    "luque otero izquierdo montes rios carrillo segura sierra marcos marti soriano mendoza quintero salas acosta "
    "valdez",
    "silva santos oliveira souza sousa rodrigues ferreira alves pereira lima gomes costa ribeiro martins carvalho "
    "almeida",
    "lopes soares fernandes vieira barbosa rocha dias nascimento andrade moreira nunes marques machado mendes freitas",
    "cardoso ramos goncalves santana teixeira araujo pinto cavalcanti melo barros campos cunha moura correia castro",
    "azevedo monteiro fonseca tavares coelho antunes baptista batista matos simoes figueiredo reis faria neves miranda",
    "pires amaral cruz borges duarte domingues guerreiro brito caldeira peixoto nogueira aragao rezende dacosta "
    "dasilva",
    /* Italian */
    "rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti deluca costa giordano",
    "mancini rizzo lombardi moretti barbieri fontana santoro mariani rinaldi caruso ferrara galli martini leone longo",
    "gentile martinelli vitale lombardo serra coppola desantis dangelo marchetti parisi villa conte ferraro ferri "
    "fabbri",
    "bianco marini grasso valentini messina sala deangelis gatti pellegrini palumbo sanna farina rizzi monti cattaneo",
    "morelli amato silvestri mazza testa grassi pellegrino carbone giuliani benedetti barone rossetti caputo montanari",
    "guerra palmieri bernardi martino fiore derosa ferretti bellini basile riva donati piras vitali battaglia sartori "
    "neri",
    "costantini milani pagano ruggiero sorrentino orlando damico negri gallo bassi bruni orsini",
    /* Slavic of the west and south */
    "nowak wojcik wozniak mazur kaczmarek krawczyk piotrowski grabowski pawlowski michalski nowicki adamczyk dudek "
    "zajac",
    "wieczorek krol wrobel stepien gorski pawlak walczak baran michalak szewczyk ostrowski pietrzak duda wlodarczyk",
    "sikora kubiak wilk lis kozak cieslak kania urban sobczak kolodziej gajda musial markiewicz kowalczyk zawada mroz",
    "novak svoboda novotny dvorak cerny prochazka kucera vesely horak nemec pokorny pospisil hajek jelinek kral "
    "ruzicka",
    "benes fiala sedlacek dolezal zeman kolar krejci navratil cermak urban vanek blazek kriz kratochvil kopecky vlcek",
    "polak musil simek konecny maly stastny havel klima kadlec holub soukup kovar cech sykora moravec valenta bartos",
    "horvath kovac varga toth nagy balog lukac polak kollar hudak szabo molnar gaspar kovacs babic maric juric",
    "horvat novak zupancic potocnik kovacic mlakar kos vidmar golob turk kralj zupan bozic korosec hribar kotnik",
    "ivanov petrov georgiev dimitrov nikolov todorov stoyanov hristov iliev angelov stefanov marinov kolev petkov",
    /* Nordic, Baltic, Hungarian, Romanian, Greek, Turkish */
    "lindberg lindstrom lindqvist lundberg lundgren lundqvist berg bergstrom bergman sandberg sandstrom holm holmberg",
    "nystrom nyberg forsberg sjoberg engstrom eklund lindgren wallin axelsson ek ekstrom hedlund soderberg dahl "
    "dahlberg",
    "haugen hagen berg bakken lie moen solberg strand lund dahl eide bakke aas nygard vik sand myhre brekke ruud "
    "ronning",
    "kjaer moller thomsen lund holm schmidt krogh friis bech skov dam bruun kruse winther vestergaard norgaard",
    "korhonen virtanen makinen nieminen makela hamalainen laine heikkinen koskinen jarvinen lehtonen lehtinen saarinen",
    "salminen heinonen niemi heikkila salonen turunen laitinen salo tuominen rantanen karjalainen jokinen mattila",
    "berzins kalnins ozols jansons liepins krumins tamm saar sepp magi kask kukk rebane ilves parn koppel",
    "kovacs toth szabo horvath varga kiss molnar nemeth farkas balogh papp takacs juhasz lakatos meszaros olah simon",
    "racz fekete szilagyi torok feher balazs gal kis szucs kocsis orsos pinter fodor szalai sipos magyar lukacs gulyas",
    "biro kiraly katona laszlo jakab bogdan balog sandor boros fazekas kelemen antal somogyi fulop orosz vincze veres",
    "popa popescu ionescu radu dumitru stan stoica gheorghe matei ciobanu rusu munteanu lazar marin serban mihai dinu",
    "papadopoulos vlachos angelopoulos nikolaidis georgiou oikonomou makris dimitriou ioannou konstantinou samaras",
    "yilmaz kaya demir sahin celik yildiz yildirim ozturk aydin ozdemir arslan dogan kilic aslan cetin kara koc kurt "
    "ozkan",
    "simsek polat ozcan korkmaz cakir erdogan yavuz can acar sen aktas guler yalcin gunes bozkurt bulut keskin unal "
    "turan",
    /* Elsewhere, in Latin letters */
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song tang deng",
    "feng han cao zeng peng xiao cai pan tian dong yuan yu ye jiang wei su lu ding shen ren yao lai",
    "sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida yamada sasaki yamaguchi "
    "matsumoto",
    "inoue kimura hayashi saito shimizu yamazaki mori abe ikeda hashimoto ishikawa ogawa goto okada hasegawa murakami "
    "kondo",
    "ishii sakamoto endo aoki fujii nishimura fukuda ota miura fujiwara okamoto matsuda nakagawa nakano harada ono "
    "tamura",
    "takeuchi kaneko wada nakayama ishida ueda morita hara shibata sakai kudo yokoyama miyazaki miyamoto uchida",
    "kim lee park choi jung kang cho yoon jang lim han oh seo shin kwon hwang ahn song yoo hong moon",
    "tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly santos reyes cruz bautista ocampo garcia mendoza",
    "sharma verma gupta kumar singh patel shah mehta joshi desai reddy rao nair menon iyer iyengar pillai das bose",
    "banerjee mukherjee chatterjee ghosh sen roy dutta chopra kapoor khanna malhotra agarwal jain mishra pandey tiwari",
    "yadav thakur chauhan rathore bhatt trivedi kulkarni deshpande patil naidu varma khan siddiqui qureshi sheikh "
    "ansari",
    "malik hussain ahmed rahman chowdhury islam begum hossain mahmood iqbal butt chaudhry mahdavi hosseini rezaei "
    "karimi",
    "okafor okonkwo eze nwosu adeyemi balogun ibrahim abubakar bello mensah owusu boateng asante osei appiah nkosi "
    "dlamini",
    "ndlovu khumalo mokoena botha pretorius venter nel fourie kruger coetzee steyn naidoo pillay mwangi kamau otieno",
    "ochieng kariuki wanjiku tesfaye bekele abebe diallo traore keita coulibaly cisse ndiaye diop fall sow",
    "levi mizrahi peretz biton dahan avraham friedman azoulay katz shapiro abadi haddad khoury nasser mansour saleh "
    "hamdan",
    "wijaya santoso setiawan hidayat pratama saputra kusuma siregar nasution gunawan suharto halim tan lim ng teo goh",
    /* Cyrillic and Greek */
    "шевченко бондарь кравець коваль мельник ткач бондар кравчук поляк мороз лысенко савченко гончар рудь",
    NULL,
};
